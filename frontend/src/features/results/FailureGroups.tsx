import { Title } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { formatCount, formatNumber } from "../../core/format";
import type { FailureGroup } from "../../core/wire";
import classes from "./FailureGroups.module.css";

/** What went wrong, grouped by kind, the most frequent first. */
export function FailureGroups({ groups, failed }: { groups: FailureGroup[]; failed: number }) {
  return (
    <section className="panel" aria-labelledby="failures">
      <div className={classes.head}>
        <Title order={2} id="failures">
          Failures
        </Title>
        <span className={classes.summary}>
          {formatNumber(failed)} in {formatCount(groups.length, "kinds")}
        </span>
      </div>
      {groups.map((group, index) => (
        <Kind key={group.fingerprint} group={group} failed={failed} isFirst={index === 0} />
      ))}
    </section>
  );
}

interface KindProps {
  group: FailureGroup;
  failed: number;
  isFirst: boolean;
}

function Kind({ group, failed, isFirst }: KindProps) {
  const example = group.examples[0];
  const tags = [group.type, example?.field, example?.rule].filter(Boolean);
  const share = failed > 0 ? Math.min(100, (group.count * 100) / failed) : 0;
  return (
    <details className={classes.kind} open={isFirst} data-testid="failure-group">
      <summary className={classes.summaryRow}>
        <IconChevronRight size={16} stroke={2} className={classes.chevron} aria-hidden />
        <span className={classes.message}>{group.message}</span>
        <span className={classes.tags}>
          {tags.map((tag) => (
            <span key={tag} className={classes.tag}>
              {tag}
            </span>
          ))}
        </span>
        <span className={classes.share} aria-hidden>
          <span style={{ width: `${share}%` }} />
        </span>
        <span className={classes.number}>{formatNumber(group.count)}</span>
      </summary>
      <Examples group={group} />
    </details>
  );
}

function Examples({ group }: { group: FailureGroup }) {
  const hasLines = group.examples.some(({ line }) => line != null);
  const hasFields = group.examples.some(({ field, rule }) => field || rule);
  const more = group.count - group.examples.length;
  return (
    <div className={classes.examples}>
      <table>
        <thead>
          <tr>
            {hasLines && <th scope="col">Line</th>}
            <th scope="col">Item</th>
            {hasFields && <th scope="col">Field</th>}
            {hasFields && <th scope="col">Rule</th>}
            <th scope="col">What happened</th>
          </tr>
        </thead>
        <tbody>
          {group.examples.map((example) => (
            <tr key={example.position}>
              {hasLines && (
                <td data-label="Line">{example.line != null ? formatNumber(example.line) : "–"}</td>
              )}
              <td data-label="Item" className={classes.key}>
                {example.key}
              </td>
              {hasFields && <td data-label="Field">{example.field ?? "–"}</td>}
              {hasFields && <td data-label="Rule">{example.rule ?? "–"}</td>}
              <td data-label="Message">
                {example.message}
                {example.attempts != null && (
                  <span className={classes.tries}>
                    {` (${formatCount(example.attempts, "tries")})`}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && (
        <p className={classes.more}>
          and {formatNumber(more)} more of this kind, under “Failed” in the results
        </p>
      )}
    </div>
  );
}
