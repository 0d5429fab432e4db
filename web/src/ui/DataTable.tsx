// A list of things: a table where there is room, cards on a phone. Features use this, never antd's Table.
import { Grid, Table, type TableColumnsType } from "antd";
import type { Key, ReactNode } from "react";

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

interface Props<T> {
  /** What the rows are, for those who cannot see the table. */
  name: string;
  rows: readonly T[];
  columns: readonly ColumnOf<T>[];
  keyOf: (row: T) => Key;
  empty?: ReactNode;
  loading?: boolean;
  paging?: Paging;
  onOpen?: (row: T) => void;
  chosen?: { keys: Key[]; onChange: (keys: Key[]) => void; most?: number };
  sort?: { key: string; descending: boolean; onChange: (key: string, descending: boolean) => void };
}

export function DataTable<T extends object>(props: Props<T>) {
  const narrow = !Grid.useBreakpoint().md;
  if (props.rows.length === 0 && !props.loading && props.empty) return <>{props.empty}</>;
  const columns = narrow ? asCard(props.columns) : asColumns(props);
  return (
    <Table<T>
      aria-label={props.name}
      size="middle"
      rowKey={props.keyOf}
      dataSource={props.rows as T[]}
      columns={columns}
      showHeader={!narrow}
      loading={props.loading}
      scroll={narrow ? undefined : { x: "max-content" }}
      pagination={pagination(props, narrow)}
      rowSelection={selection(props)}
      onRow={(row) => (props.onOpen ? { onClick: (event) => isPlain(event.target) && props.onOpen?.(row), style: { cursor: "pointer" } } : {})}
      onChange={(_page, _filters, sorted, extra) => {
        const one = Array.isArray(sorted) ? sorted[0] : sorted;
        if (extra.action === "sort" && props.sort && one?.columnKey !== undefined) {
          props.sort.onChange(String(one.columnKey), one.order === "descend");
        }
      }}
    />
  );
}

/** A click on a link or button in a row is theirs, not the row's. */
function isPlain(target: EventTarget): boolean {
  return target instanceof Element && !target.closest("a, button, input, label, .ant-dropdown, .ant-checkbox-wrapper");
}

function asColumns<T>({ columns, sort }: Props<T>): TableColumnsType<T> {
  return columns.map((column) => ({
    key: column.key,
    title: column.title,
    width: column.width,
    className: column.numeric ? "num" : undefined,
    render: (_: unknown, row: T) => column.show(row),
    sorter: sort ? !column.unordered : column.compare,
    sortOrder: sort ? (sort.key === column.key ? (sort.descending ? "descend" : "ascend") : null) : undefined,
  }));
}

function asCard<T>(columns: readonly ColumnOf<T>[]): TableColumnsType<T> {
  const [first, ...others] = columns.filter((column) => !column.wide);
  const render = (_: unknown, row: T) => (
    <div>
      <div style={{ fontWeight: 600, marginBottom: 4 }}>{first?.show(row)}</div>
      <dl className="facts">
        {others.map((column) => (
          <div key={column.key} style={{ display: "contents" }}>
            <dt>{column.title}</dt>
            <dd>{column.show(row)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
  return [{ key: "card", render }];
}

function pagination<T>({ paging }: Props<T>, narrow: boolean) {
  if (!paging) return { hideOnSinglePage: true, pageSize: 50, showSizeChanger: false };
  return {
    current: paging.page,
    pageSize: paging.size,
    total: paging.total,
    onChange: paging.onChange,
    simple: narrow,
    showSizeChanger: !narrow,
    showTotal: (total: number) => total.toLocaleString(),
  };
}

function selection<T>({ chosen }: Props<T>) {
  if (!chosen) return undefined;
  const full = chosen.most !== undefined && chosen.keys.length >= chosen.most;
  return {
    selectedRowKeys: chosen.keys,
    onChange: chosen.onChange,
    hideSelectAll: chosen.most !== undefined,
    getCheckboxProps: () => ({ disabled: false }),
    ...(full ? { preserveSelectedRowKeys: true } : {}),
  };
}
