import type { ItemResult } from "../../core/wire";
import classes from "./ResultDetail.module.css";

/** All that came of one item: the values of its result, or why it failed or was skipped. */
export function ResultDetail({ item }: { item: ItemResult }) {
  return (
    <div className={classes.detail}>
      {item.error ? <Values values={errorValues(item.error)} /> : <Result value={item.result} />}
      <p className={classes.key}>
        Item {item.position + 1}: <span className="mono">{item.key}</span>
      </p>
    </div>
  );
}

function Result({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <p className={classes.key}>No result</p>;
  if (typeof value === "object" && !Array.isArray(value)) {
    return <Values values={value as Record<string, unknown>} />;
  }
  return <Value value={value} />;
}

function Values({ values }: { values: Record<string, unknown> }) {
  return (
    <dl className={classes.list}>
      {Object.entries(values).map(([name, value]) => (
        <div key={name} className={classes.entry}>
          <dt>{humanise(name)}</dt>
          <dd>
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (isListOfPlain(value)) {
    if (value.length === 0) return "–";
    return (
      <span className={classes.chips}>
        {[...new Set(value.map(String))].map((one) => (
          <span key={one} className={classes.chip}>
            {one}
          </span>
        ))}
      </span>
    );
  }
  if (isListOfRecords(value)) return <Table rows={value} />;
  if (typeof value === "object") {
    return <pre className={classes.json}>{JSON.stringify(value, null, 2)}</pre>;
  }
  return String(value);
}

const isListOfPlain = (value: unknown): value is (string | number)[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string" || typeof one === "number");

const isPlain = (value: unknown): boolean => value === null || typeof value !== "object";

/** Whether it is a list of flat objects, which a table shows better than braces do. */
const isListOfRecords = (value: unknown): value is Record<string, unknown>[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((one) => !isPlain(one) && !Array.isArray(one) && Object.values(one).every(isPlain));

function Table({ rows }: { rows: Record<string, unknown>[] }) {
  const columns = [...new Set(rows.flatMap(Object.keys))];
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {humanise(column)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={JSON.stringify(row)}>
            {columns.map((column) => (
              <td key={column}>{String(row[column] ?? "–")}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function errorValues(error: NonNullable<ItemResult["error"]>): Record<string, unknown> {
  const { message, type, line, field, rule, attempts } = error;
  const all = { message, line, field, rule, type, tries: attempts };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value != null));
}

/** "businessArea" -> "Business area" */
function humanise(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[_-]+/g, " ")
    .toLowerCase()
    .replace(/\b(pii|id|url|html|json|csv)\b/g, (short) => short.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}
