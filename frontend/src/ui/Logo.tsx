import classes from "./Logo.module.css";

/** The mark and the name. */
export function Logo({ size = 26 }: { size?: number }) {
  return (
    <span className={classes.logo} style={{ fontSize: size * 0.62 }}>
      <img src="/icon.svg" width={size} height={size} alt="" />
      Batchwire
    </span>
  );
}
