// A list of things: a table where there is room, cards on a phone. A plain table of the page, so that it
// is light, reads aloud as it stands, and prints. Features use this, never antd's Table.
import { CaretDownOutlined, CaretUpOutlined, LeftOutlined, RightOutlined } from "@ant-design/icons";
import { Button, Checkbox, Grid } from "antd";
import { type Key, type MouseEvent, type ReactNode, useState } from "react";
import { useFormats } from "./numbers";
import { useWords, words } from "./words";
import "./data-table.css";

const WORDS = words({
  zh: {
    sort: (column: string) => `按「${column}」排序`,
    choose: "选择",
    page: (page: string, pages: string) => `第 ${page} / ${pages} 页`,
    total: (n: string) => `共 ${n} 条`,
    before: "上一页",
    after: "下一页",
    size: "每页条数",
  },
  en: {
    sort: (column: string) => `Sort by ${column}`,
    choose: "Choose",
    page: (page: string, pages: string) => `Page ${page} of ${pages}`,
    total: (n: string) => `${n} in all`,
    before: "Page before",
    after: "Next page",
    size: "Rows a page",
  },
});

export interface ColumnOf<T> {
  key: string;
  title: ReactNode;
  show: (row: T) => ReactNode;
  /** Right-aligned figures. */
  numeric?: boolean;
  width?: number | string;
  /** Compares two rows, to sort on this side. */
  compare?: (a: T, b: T) => number;
  /** Cannot be an order, such as what the reader sees masked. */
  unordered?: boolean;
  /** Left out of the cards of a phone. */
  wide?: boolean;
}

export interface Paging {
  page: number;
  size: number;
  total: number;
  onChange: (page: number, size: number) => void;
}

interface Sort {
  key: string;
  descending: boolean;
}

interface Props<T> {
  /** What the rows are, for those who cannot see the table. */
  name: string;
  rows: readonly T[];
  columns: readonly ColumnOf<T>[];
  keyOf: (row: T) => Key;
  empty?: ReactNode;
  loading?: boolean;
  /** Pages that the server turns; without it fifty rows a page are turned here. */
  paging?: Paging;
  onOpen?: (row: T) => void;
  chosen?: { keys: Key[]; onChange: (keys: Key[]) => void; most?: number };
  /** An order that the server makes; without it columns that compare are sorted here. */
  sort?: Sort & { onChange: (key: string, descending: boolean) => void };
}

const SIZE = 50;
const SIZES = [10, 20, 50, 100];

export function DataTable<T extends object>(props: Props<T>) {
  const { rows, columns, paging, sort, empty, loading, name } = props;
  const narrow = !Grid.useBreakpoint().md;
  const [own, setOwn] = useState<Sort>({ key: "", descending: false });
  const [page, setPage] = useState(1);
  if (rows.length === 0 && !loading && empty) return <>{empty}</>;
  const order = sort ?? { ...own, onChange: (key: string, descending: boolean) => setOwn({ key, descending }) };
  const sorted = sort ? rows : inOrder(rows, columns, own);
  const last = Math.max(1, Math.ceil(rows.length / SIZE));
  const local: Paging = { page: Math.min(page, last), size: SIZE, total: rows.length, onChange: setPage };
  const turning = paging ?? local;
  const shown = paging ? sorted : sorted.slice((local.page - 1) * SIZE, local.page * SIZE);
  return (
    <div className="data-table" aria-busy={loading}>
      {narrow ? <Cards {...props} rows={shown} /> : <Rows {...props} rows={shown} order={order} />}
      {turning.total > turning.size || (paging && turning.total > SIZES[0]!) ? <Pager name={name} paging={turning} fixed={!paging} /> : null}
    </div>
  );
}

function inOrder<T>(rows: readonly T[], columns: readonly ColumnOf<T>[], { key, descending }: Sort): readonly T[] {
  const compare = columns.find((column) => column.key === key)?.compare;
  if (!compare) return rows;
  return [...rows].sort((a, b) => (descending ? -compare(a, b) : compare(a, b)));
}

/** A click on a link or button in a row is theirs, not the row's. */
const isPlain = (event: MouseEvent): boolean => event.target instanceof Element && !event.target.closest("a, button, input, label, [role=menu], [role=combobox]");

const opening = <T,>(row: T, onOpen?: (row: T) => void) => (onOpen ? { className: "opens", onClick: (event: MouseEvent) => isPlain(event) && onOpen(row) } : {});

type Ordering = Sort & { onChange: (key: string, descending: boolean) => void };

function Rows<T extends object>({ name, rows, columns, keyOf, onOpen, chosen, order, sort }: Props<T> & { order: Ordering }) {
  const t = useWords(WORDS);
  return (
    <div className="data-scroll" tabIndex={0} role="region" aria-label={name}>
      <table aria-label={name}>
        <thead>
          <tr>
            {chosen && (
              <th scope="col">
                <span className="visually-hidden">{t.choose}</span>
              </th>
            )}
            {columns.map((column) => (
              <Head key={column.key} column={column} order={order} sortable={sort ? !column.unordered : Boolean(column.compare)} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} {...opening(row, onOpen)}>
              {chosen && (
                <td>
                  <Choice row={row} keyOf={keyOf} chosen={chosen} />
                </td>
              )}
              {columns.map((column) => (
                <td key={column.key} className={column.numeric ? "num" : undefined}>
                  {column.show(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head<T>({ column, order, sortable }: { column: ColumnOf<T>; order: Ordering; sortable: boolean }) {
  const t = useWords(WORDS);
  const mine = order.key === column.key;
  const [Icon, direction] = mine ? (order.descending ? ([CaretDownOutlined, "descending"] as const) : ([CaretUpOutlined, "ascending"] as const)) : [null, undefined];
  const next = () => (mine && order.descending ? order.onChange("", false) : order.onChange(column.key, mine));
  return (
    <th scope="col" className={column.numeric ? "num" : undefined} style={{ width: column.width }} aria-sort={sortable ? (direction ?? "none") : undefined}>
      {sortable ? (
        <button type="button" onClick={next} title={typeof column.title === "string" ? t.sort(column.title) : undefined}>
          {column.title} {Icon ? <Icon aria-hidden /> : <CaretDownOutlined aria-hidden className="unsorted" />}
        </button>
      ) : (
        column.title
      )}
    </th>
  );
}

function Choice<T extends object>({ row, keyOf, chosen }: { row: T; keyOf: (row: T) => Key; chosen: NonNullable<Props<T>["chosen"]> }) {
  const t = useWords(WORDS);
  const key = keyOf(row);
  const inside = chosen.keys.includes(key);
  const full = chosen.most !== undefined && chosen.keys.length >= chosen.most;
  const toggle = () => chosen.onChange(inside ? chosen.keys.filter((each) => each !== key) : [...chosen.keys, key]);
  return <Checkbox checked={inside} disabled={full && !inside} onChange={toggle} aria-label={`${t.choose} ${key}`} />;
}

function Cards<T extends object>({ name, rows, columns, keyOf, onOpen, chosen }: Props<T>) {
  const [first, ...others] = columns.filter((column) => !column.wide);
  return (
    <ul className="data-cards" aria-label={name}>
      {rows.map((row) => (
        <li key={keyOf(row)} {...opening(row, onOpen)}>
          <div className="row data-card-head">
            {chosen && <Choice row={row} keyOf={keyOf} chosen={chosen} />}
            <strong>{first?.show(row)}</strong>
          </div>
          <dl className="facts">
            {others.map((column) => (
              <div key={column.key} style={{ display: "contents" }}>
                <dt>{column.title}</dt>
                <dd>{column.show(row)}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}

function Pager({ name, paging, fixed }: { name: string; paging: Paging; fixed: boolean }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const { page, size, total, onChange } = paging;
  const last = Math.max(1, Math.ceil(total / size));
  return (
    <nav className="data-pager no-print" aria-label={name}>
      <span className="quiet">{t.total(f.count(total))}</span>
      <Button size="small" type="text" icon={<LeftOutlined aria-hidden />} aria-label={t.before} disabled={page <= 1} onClick={() => onChange(page - 1, size)} />
      <span aria-live="polite">{t.page(f.count(page), f.count(last))}</span>
      <Button size="small" type="text" icon={<RightOutlined aria-hidden />} aria-label={t.after} disabled={page >= last} onClick={() => onChange(page + 1, size)} />
      {!fixed && (
        <label>
          <span className="visually-hidden">{t.size}</span>
          <select value={size} onChange={(event) => onChange(1, Number(event.target.value))}>
            {[...new Set([...SIZES, size])]
              .sort((a, b) => a - b)
              .map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
          </select>
        </label>
      )}
    </nav>
  );
}
