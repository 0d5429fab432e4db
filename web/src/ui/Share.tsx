// A share of a whole as a bar and a figure.
import { useFormats } from "./numbers";
import "./share.css";

export function Share({ of, name }: { of: number; name: string }) {
  const f = useFormats();
  return (
    <span className="share" role="img" aria-label={`${name} ${f.share(of)}`}>
      <i aria-hidden>
        <b style={{ width: `${Math.min(1, of) * 100}%` }} />
      </i>
      <span aria-hidden>{f.share(of)}</span>
    </span>
  );
}
