import { Loader } from "@mantine/core";
import { Loading } from "./Loading";
import classes from "./PageLoading.module.css";

/** In place of a page whose code is being loaded. */
export function PageLoading() {
  return (
    <div className={classes.page}>
      <Loading what="the page">
        <Loader size="sm" />
      </Loading>
    </div>
  );
}
