// The calendars, brought when the first of them is shown.
import { Spin } from "antd";
import { type ComponentProps, lazy, Suspense } from "react";
import type * as Inputs from "./DateInputs";

const Day = lazy(() => import("./DateInputs").then((m) => ({ default: m.DayInput })));
const Days = lazy(() => import("./DateInputs").then((m) => ({ default: m.DaysInput })));
const Range = lazy(() => import("./DateInputs").then((m) => ({ default: m.RangeInput })));

const waiting = <Spin size="small" />;

export const DayInput = (props: ComponentProps<typeof Inputs.DayInput>) => (
  <Suspense fallback={waiting}>
    <Day {...props} />
  </Suspense>
);

export const DaysInput = (props: ComponentProps<typeof Inputs.DaysInput>) => (
  <Suspense fallback={waiting}>
    <Days {...props} />
  </Suspense>
);

export const RangeInput = (props: ComponentProps<typeof Inputs.RangeInput>) => (
  <Suspense fallback={waiting}>
    <Range {...props} />
  </Suspense>
);
