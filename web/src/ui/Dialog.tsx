// A dialog that is there while it is open. The focus goes to its first field, and back to where it was when it closes.
import { Modal, type ModalProps } from "antd";
import { useEffect, useRef, useState } from "react";

interface Props extends Omit<ModalProps, "open" | "onCancel"> {
  onClose: () => void;
}

export function Dialog({ onClose, children, ...props }: Props) {
  const body = useRef<HTMLDivElement>(null);
  const [opener] = useState(findOpener); // asked while nothing of the dialog has the focus yet
  useEffect(
    () => () => {
      // Once the dialog is gone from the page; and unless something else has taken the focus.
      setTimeout(() => document.activeElement === document.body && opener?.focus());
    },
    [opener],
  );
  // Not before it is seen, and antd has put the focus on the dialog itself.
  // Who was quicker than the dialog's motion already writes somewhere in it.
  const begin = (shown: boolean) => {
    if (shown && !body.current?.contains(document.activeElement)) body.current?.querySelector<HTMLElement>("input, textarea")?.focus();
  };
  return (
    <Modal footer={null} {...props} open onCancel={onClose} afterOpenChange={begin}>
      <div ref={body}>{children}</div>
    </Modal>
  );
}

/** Returns what has the focus; of a menu, which closes by itself, the button it hangs on. */
function findOpener(): HTMLElement | null {
  const at = document.activeElement;
  const found = at?.closest(".ant-dropdown") ? document.querySelector(".ant-dropdown-open") : at;
  return found instanceof HTMLElement ? found : null;
}
