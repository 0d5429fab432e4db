// What a mini-program requires: const qx = require("./qx-wx.js"); qx.init({ key, server });
export {
  start as init, track, identify, set, alias, reset, register, unregister, optOut, optIn, flush, device,
} from "@/snippet/mini";
