// A searchable list in a popover, for choosing one of very many things by keyboard or pointer.
import { Button, Input, type InputRef, Popover } from "antd";
import { DownOutlined, SearchOutlined } from "@ant-design/icons";
import { type KeyboardEvent, type ReactNode, type Ref, useId, useMemo, useRef, useState } from "react";
import { best } from "./matching";
import "./combo.css";

export interface Option {
  key: string;
  label: string;
  /** Other words it is found by. */
  also?: readonly string[];
  group?: string;
  note?: ReactNode;
  disabled?: boolean;
  /** Shown below the list while it is the one that Enter would choose. */
  detail?: () => ReactNode;
}

interface Props {
  options: readonly Option[];
  chosen?: string;
  onChoose: (key: string) => void;
  /** What is being chosen, for those who cannot see it. */
  name: string;
  placeholder: string;
  nothing: string;
  children?: ReactNode;
  /** The look of the button; the chosen one's label where nothing is given. */
  button?: "link" | "default" | "dashed" | "primary";
  disabled?: boolean;
}

export function Combo(props: Props) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const field = useRef<InputRef>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const chosen = props.options.find((option) => option.key === props.chosen);
  // A function, since a popover with nothing in it never opens.
  const content = () => (
    <Finder
      {...props}
      field={field}
      onChoose={(key) => {
        close();
        props.onChoose(key);
      }}
      onClose={close}
    />
  );
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      afterOpenChange={(shown) => shown && field.current?.focus()} // a popover that does not move is hidden when it is made
      trigger="click"
      placement="bottomLeft"
      content={content}
      destroyOnHidden
      styles={{ container: { padding: 8 } }}
    >
      <Button ref={button} type={props.button ?? "default"} aria-haspopup="listbox" aria-expanded={open} aria-label={chosen ? `${props.name}: ${chosen.label}` : props.name} disabled={props.disabled}>
        {props.children ?? chosen?.label ?? props.name}
        {props.button === undefined && <DownOutlined aria-hidden style={{ fontSize: 10 }} />}
      </Button>
    </Popover>
  );
}

type FinderProps = Props & { field: Ref<InputRef>; onClose: () => void };

function Finder({ field, options, onChoose, onClose, chosen, name, placeholder, nothing }: FinderProps) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const found = useMemo(() => best(options, typed, (option) => [option.label, ...(option.also ?? [])], typed ? 60 : 400), [options, typed]);
  const [place, setPlace] = useState(() => Math.max(0, found.findIndex((option) => option.key === chosen)));
  const active = found[Math.min(place, found.length - 1)];
  const go = (next: number) => {
    setPlace(next);
    document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step && found.length) {
      event.preventDefault();
      go(Math.min(found.length - 1, Math.max(0, place + step)));
    }
    if (event.key === "Enter" && active && !active.disabled) {
      event.preventDefault();
      onChoose(active.key);
    }
    if (event.key === "Escape") {
      event.stopPropagation(); // only the list closes
      onClose();
    }
  };
  return (
    <div className="combo">
      <Input
        ref={field}
        autoFocus
        type="search"
        prefix={<SearchOutlined aria-hidden />}
        placeholder={placeholder}
        aria-label={`${name}: ${placeholder}`}
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={active ? `${id}-${place}` : undefined}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setPlace(0);
        }}
        onKeyDown={press}
      />
      <ul id={id} role="listbox" aria-label={name}>
        {found.map((option, at) => {
          const heading = !typed && option.group !== found[at - 1]?.group ? option.group : undefined;
          return (
            <li key={option.key} role="presentation">
              {heading && <div className="combo-group">{heading}</div>}
              <div id={`${id}-${at}`} role="option" aria-selected={option === active} aria-disabled={option.disabled} onMouseMove={() => setPlace(at)} onClick={() => !option.disabled && onChoose(option.key)}>
                <span>{option.label}</span>
                <small>{typed ? option.group : option.note}</small>
              </div>
            </li>
          );
        })}
      </ul>
      {found.length === 0 && (
        <p className="quiet" role="status">
          {nothing}
        </p>
      )}
      {active?.detail && <div className="combo-detail">{active.detail()}</div>}
    </div>
  );
}
