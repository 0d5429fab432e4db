import { createRoot } from "react-dom/client";

createRoot(document.getElementById("root")!).render(<p>群像 Qunxiang</p>);
