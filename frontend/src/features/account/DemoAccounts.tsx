import { UnstyledButton } from "@mantine/core";
import type { DemoAccount } from "../../core/wire";
import classes from "./DemoAccounts.module.css";

interface Props {
  accounts: DemoAccount[];
  choose: (account: DemoAccount) => void;
}

/** The accounts that exist in local mode only; a click fills in the form. */
export function DemoAccounts({ accounts, choose }: Props) {
  return (
    <section className={classes.box} aria-labelledby="demo">
      <h2 id="demo" className={classes.title}>
        Running on your machine: demo accounts
      </h2>
      {accounts.map((account) => (
        <UnstyledButton
          key={account.email}
          className={classes.account}
          onClick={() => choose(account)}
        >
          <span className="ellipsis">{account.email}</span>
          <span className={classes.password}>{account.password}</span>
        </UnstyledButton>
      ))}
    </section>
  );
}
