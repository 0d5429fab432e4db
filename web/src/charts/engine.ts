// The one place that knows the drawing library, with only the kinds of chart that are used.
import { BarChart, LineChart, MapChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, registerMap, use as take } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

take([BarChart, LineChart, MapChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent, SVGRenderer]);

export { init, registerMap };
