// The menu on narrow screens, drawn over the page.
import { Drawer } from "antd";
import { Brand, Places } from "./NavList";

export default function NavDrawer({ name, onClose }: { name: string; onClose: () => void }) {
  return (
    <Drawer open onClose={onClose} placement="left" size={264} title={<Brand />} styles={{ body: { padding: 8 } }}>
      <nav aria-label={name}>
        <Places onGo={onClose} />
      </nav>
    </Drawer>
  );
}
