// Identifiers of what a person defines: what they may look like, and one made of a label.

/** What the server takes as an identifier. */
export const IDENTIFIER = /^[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff]{0,62}$/;

/** Returns an identifier made of a label: its letters, digits and Chinese, with underscores between. */
export function nameOf(label: string): string {
  const made = label.trim().replace(/[^\w\u4e00-\u9fff]+/g, "_").replace(/^_+|_+$/g, "");
  return (/^\d/.test(made) ? `a${made}` : made).slice(0, 60);
}
