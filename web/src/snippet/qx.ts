// What a page loads: <script async src="…/qx.js" data-key="qxw_…"></script>
import { guarded } from "@/snippet/core";
import { install } from "@/snippet/browser";

guarded({ install }).install(window, document.currentScript as HTMLScriptElement | null);
