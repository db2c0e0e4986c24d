import classes from "./LiveChart.module.css";

const WIDTH = 600;
const HEIGHT = 120;

export interface Series {
  label: string;
  values: number[];
  color: string;
}

interface LiveChartProps {
  title: string;
  series: Series[];
  /** The top of the scale; without one it fits the largest value. */
  max?: number;
  format: (value: number) => string;
}

/** Lines that grow to the right, with the newest values in words for those who do not see them. */
export function LiveChart({ title, series, max, format }: LiveChartProps) {
  const length = Math.max(2, ...series.map((one) => one.values.length));
  const top = max ?? niceTop(Math.max(0, ...series.flatMap((one) => one.values)));
  return (
    <figure className={`panel ${classes.chart}`}>
      <figcaption className={classes.caption}>
        <h2>{title}</h2>
        <ul className={classes.legend}>
          {series.map((one) => (
            <li key={one.label}>
              <i style={{ background: one.color }} aria-hidden />
              {one.label} <strong>{format(one.values.at(-1) ?? 0)}</strong>
            </li>
          ))}
        </ul>
      </figcaption>
      <div className={classes.plot}>
        <span className={classes.top}>{format(top)}</span>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={describe(series, format)}
        >
          {series.map((one) => (
            <polyline
              key={one.label}
              points={points(one.values, length, top)}
              fill="none"
              stroke={one.color}
              strokeWidth={2}
              vectorEffect="non-scaling-stroke"
            />
          ))}
        </svg>
      </div>
    </figure>
  );
}

function points(values: number[], length: number, top: number): string {
  const offset = length - values.length;
  return values
    .map((value, index) => {
      const x = ((index + offset) / (length - 1)) * WIDTH;
      return `${x.toFixed(1)},${(HEIGHT - (Math.min(value, top) / top) * HEIGHT).toFixed(1)}`;
    })
    .join(" ");
}

/** 1, 2 or 5 times a power of ten: the scale stays still while the values move. */
function niceTop(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((one) => one * power >= value) ?? 10;
  return step * power;
}

function describe(series: Series[], format: (value: number) => string): string {
  return series
    .map(({ label, values }) => {
      if (values.length === 0) return `${label}: nothing yet`;
      const range = `between ${format(Math.min(...values))} and ${format(Math.max(...values))}`;
      return `${label}: now ${format(values.at(-1) ?? 0)}, ${range}`;
    })
    .join("; ");
}
