import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import {
  click,
  expectAccessible,
  expectFocusKept,
  expectFocusOn,
  expectLoaded,
  expectLoading,
  fillIn,
  findProblem,
  press,
} from "../../testing/acts";
import { aBatch } from "../../testing/batches";
import { anOperation } from "../../testing/operations";
import { openPage } from "../../testing/pages";
import { server } from "../../testing/server";

const OPERATIONS = "GET /api/batch/operations";
const CREATE = "POST /api/batch/create";
const BATCH = "GET /api/batch/:id";
const HISTORY = "GET /api/batch/history";

const findForm = () => screen.findByRole("button", { name: "Start batch" });
const input = (label: string | RegExp) => screen.getByLabelText(label) as HTMLInputElement;
const errorAt = (label: string | RegExp) => {
  const ids = (input(label).getAttribute("aria-describedby") ?? "").split(" ");
  return ids.map((id) => document.getElementById(id)?.textContent).join(" ");
};

async function openForm(operation: string) {
  const page = await openPage(`/batches/new?operation=${operation}`);
  await findForm();
  return page;
}

async function openFilledForm() {
  const page = await openForm("shout");
  fillIn("The lines", "one\ntwo");
  return page;
}

describe("the choice of an operation", () => {
  it("says that it is loading until the operations are there", async () => {
    const release = server.hold(OPERATIONS);
    const { address } = await openPage("/batches/new");
    expectLoading("the operations");
    await expectAccessible();
    release();
    const choice = await screen.findByRole("radiogroup", { name: "Operation" });
    click(within(choice).getByRole("radio", { name: /Shout/ }));
    await findForm();
    expectLoaded("the operations");
    expect(address()).toBe("/batches/new?operation=shout");
    await expectAccessible();
  });

  it("tells why they could not be loaded, and loads them when asked again", async () => {
    server.fail(OPERATIONS, 503, "The database is away");
    await openPage("/batches/new");
    await findProblem("The database is away");
    expect(screen.queryByRole("radiogroup")).toBeNull();
    await expectAccessible();
    server.answer(OPERATIONS, { operations: [anOperation()] });
    press("Try again");
    await screen.findByRole("radio", { name: /Shout/ });
    await expectFocusKept();
  });

  it("says that there is none, where nobody has written one", async () => {
    server.answer(OPERATIONS, { operations: [] });
    await openPage("/batches/new");
    await screen.findByText(/This server has no operations/);
    await expectAccessible();
  });

  it("says that the one of the address does not exist", async () => {
    await openPage("/batches/new?operation=gone");
    await findProblem(/There is no operation “gone”/);
    await screen.findByRole("radio", { name: /Shout/ });
  });
});

describe("a batch after the model of another", () => {
  it("says that the settings are being loaded, and begins with them", async () => {
    const release = server.hold(BATCH);
    server.answer(BATCH, {
      batch: aBatch({ operation: "shout", name: "Loud", options: { mark: "?!", times: 3 } }),
    });
    await openPage("/batches/new?operation=shout&from=b1");
    expectLoading("the operations");
    release();
    await findForm();
    expect(input("Name").value).toBe("Loud");
    expect(input("Mark").value).toBe("?!");
  });

  it("says that its settings could not be loaded, and can be started without them", async () => {
    server.fail(BATCH, 404, "There is no such batch");
    await openPage("/batches/new?operation=shout&from=b1");
    await findProblem(
      /The settings of the other batch could not be loaded: There is no such batch/,
    );
    await findForm();
    await expectAccessible();
  });

  it("loads them when asked again", async () => {
    server.cut(BATCH);
    await openPage("/batches/new?operation=shout&from=b1");
    await findProblem(/The server cannot be reached/);
    server.answer(BATCH, { batch: aBatch({ operation: "shout", name: "Loud" }) });
    press("Try again");
    await waitFor(() => expect(input("Name").value).toBe("Loud"));
  });
});

describe("the form", () => {
  it("sends what was filled in, is busy meanwhile, and goes on to the batch", async () => {
    const release = server.hold(CREATE);
    const { address } = await openFilledForm();
    fillIn("Mark", "?");
    fillIn("Name", "Loud");
    press("Start batch");
    await waitFor(() =>
      expect(screen.getByRole("button", { name: /Start batch/ })).toHaveProperty("disabled", true),
    );
    release();
    await waitFor(() => expect(address()).toBe("/batches/b1"));
    expect(server.asked(CREATE).map(({ body }) => body)).toEqual([
      {
        operation: "shout",
        name: "Loud",
        description: "",
        options: { mark: "?", times: 1 },
        items: ["one", "two"],
      },
    ]);
    await screen.findByText("Started: Annotate functions");
  });

  it("says at the first field what is missing, and sends nothing", async () => {
    await openForm("shout");
    press("Start batch");
    await screen.findByText("Some entries need a correction.");
    expect(errorAt("The lines")).toContain("Enter at least one line");
    await expectFocusOn(input("The lines"));
    await expectAccessible();
    fillIn("The lines", "one");
    expect(input("The lines").getAttribute("aria-invalid")).toBeNull();
    expect(server.asked(CREATE)).toEqual([]);
  });

  it("shows at each field what the server refuses of it, and goes to the first", async () => {
    const places = {
      items: "The lines",
      "options.mark": "Mark",
      "options.times": "Times",
      name: "Name",
      description: "Description",
      maxFailures: "Failure limit",
      retryAttempts: "Retries per item",
      timeoutMs: "Time limit per item",
    };
    server.fail(CREATE, 422, "The request is not valid", {
      fields: Object.keys(places).map((field) => ({ field, rule: "x", message: `not: ${field}` })),
    });
    await openFilledForm();
    press("Start batch");
    await findProblem("Some entries need a correction.");
    for (const [field, label] of Object.entries(places)) {
      expect(errorAt(label)).toContain(`not: ${field}`);
    }
    await expectFocusOn(input("The lines"));
  });

  it("takes back what was refused as soon as it is corrected", async () => {
    server.fail(CREATE, 422, "The request is not valid", {
      fields: [{ field: "options.mark", rule: "x", message: "is too loud" }],
    });
    await openFilledForm();
    press("Start batch");
    await screen.findByText("is too loud");
    fillIn("Mark", ".");
    expect(screen.queryByText("is too loud")).toBeNull();
  });

  it.each([
    [
      () => server.fail(CREATE, 503, "There is maintenance until noon"),
      "There is maintenance until noon",
    ],
    [() => server.cut(CREATE), "The server cannot be reached"],
  ])("says why it was refused as a whole, and can be sent again", async (refuse, message) => {
    refuse();
    const { address } = await openFilledForm();
    press("Start batch");
    // As a browser does to a button that is busy.
    act(() => (document.activeElement as HTMLElement).blur());
    await findProblem(message);
    await expectFocusOn(screen.getByRole("button", { name: "Start batch" }));
    server.answer(CREATE, { batch: aBatch() });
    press("Start batch");
    await waitFor(() => expect(address()).toBe("/batches/b1"));
    const keys = server.asked(CREATE).map(({ headers }) => headers.get("Idempotency-Key"));
    expect(new Set(keys).size).toBe(1);
  });

  it("offers the areas of the catalog that is there, and does without where nobody knows them", async () => {
    server.answer("GET /api/functions/areas", {
      areas: [{ id: "hr", title: "Staff", count: 1200 }],
    });
    await openForm("annotate");
    click(screen.getByRole("combobox", { name: "Areas" }));
    await screen.findByRole("option", { name: "Staff (1,200)" });
  });

  it("can be filled in where the areas cannot be loaded", async () => {
    server.fail("GET /api/functions/areas", 503, "The database is away");
    await openForm("annotate");
    press("Start batch");
    await waitFor(() => expect(server.asked(CREATE)).toHaveLength(1));
    expect(server.asked(CREATE)[0]?.body).toMatchObject({ filters: { missing: false } });
  });
});

describe("the file of a batch", () => {
  const file = (name: string, text = "a,b") => new File([text], name);
  const choose = (chosen: File) => fireEvent.change(input("File"), { target: { files: [chosen] } });
  const drop = (dropped: File) => {
    const area = input("File").closest("label");
    if (area) fireEvent.drop(area, { dataTransfer: { files: [dropped] } });
  };

  it.each([
    ["prices.txt", "a", /This kind of file is not accepted: use .csv, .json/],
    ["prices.csv", "", /The file is empty/],
    ["prices.csv", "x".repeat(1001), /The file is larger than 1000 B/],
  ])("is refused before it is sent: %s", async (name, text, message) => {
    await openForm("import");
    choose(file(name, text));
    await findProblem(message);
    expect(errorAt("File")).toMatch(message);
    press("Start batch");
    await expectFocusOn(input("File"));
    expect(server.asked(CREATE)).toEqual([]);
  });

  it("is needed", async () => {
    await openForm("import");
    expect(errorAt("File")).toContain(".csv .json · up to 1000 B");
    press("Start batch");
    await findProblem("Choose a file");
    await expectAccessible();
  });

  it("is sent while one sees how far it is, and is no other one meanwhile", async () => {
    const release = server.hold(CREATE);
    const { address } = await openForm("import");
    drop(file("prices.csv"));
    await screen.findByText("prices.csv");
    press("Start batch");
    await waitFor(() => expect(server.asked(CREATE)).toHaveLength(1));
    act(() => server.uploading(0.5));
    const bar = await screen.findByRole("progressbar", { name: "Upload" });
    expect(bar.getAttribute("aria-valuenow")).toBe("50");
    expect(input("File").disabled).toBe(true);
    drop(file("others.csv"));
    expect(screen.queryByText("others.csv")).toBeNull();
    await expectAccessible();
    act(() => server.uploading(1));
    await screen.findByText("Sent; the batch is being started");
    release();
    await waitFor(() => expect(address()).toBe("/batches/b1"));
    expect(server.asked(CREATE)[0]?.body).toMatchObject({ operation: "import" });
  });

  it("can be sent again after the upload was interrupted", async () => {
    server.cut(CREATE);
    const { address } = await openForm("import");
    choose(file("prices.csv"));
    press("Start batch");
    await findProblem("The upload was interrupted; try again");
    expect(input("File").disabled).toBe(false);
    expect(screen.queryByRole("progressbar")).toBeNull();
    server.answer(CREATE, { batch: aBatch() });
    press("Start batch");
    await waitFor(() => expect(address()).toBe("/batches/b1"));
  });

  it("may be of any kind where the operation takes any", async () => {
    server.answer(OPERATIONS, { operations: [anOperation({ input: "file" })] });
    await openForm("shout");
    expect(errorAt("File").trim()).toBe("Up to 1000 B");
  });
});

describe("the batches to wait for", () => {
  const waitFors = () => screen.getByRole("combobox", { name: "Start after" }) as HTMLInputElement;
  const open = async () => {
    await openForm("shout");
    const details = screen.getByTestId("advanced") as HTMLDetailsElement;
    act(() => {
      details.open = true;
      fireEvent(details, new Event("toggle"));
    });
    await waitFor(() => expect(server.asked(HISTORY)).toHaveLength(1));
  };
  const pageOf = (...batches: ReturnType<typeof aBatch>[]) => ({
    batches,
    total: batches.length,
    limit: 100,
    nextCursor: null,
  });

  it("are said to be loading, and then are those that have not ended", async () => {
    const release = server.hold(HISTORY);
    server.answer(
      HISTORY,
      pageOf(aBatch({ name: "Prices" }), aBatch({ id: "b2", name: "Old", status: "completed" })),
    );
    await open();
    expect(waitFors().placeholder).toBe("Loading the batches");
    release();
    await waitFor(() => expect(waitFors().placeholder).toBe("Nothing"));
    click(waitFors());
    await screen.findByRole("option", { name: /Prices/ });
    expect(screen.queryByRole("option", { name: /Old/ })).toBeNull();
  });

  it("are none where none is unfinished", async () => {
    await open();
    await waitFor(() => expect(waitFors().placeholder).toBe("No batch is unfinished"));
  });

  it("are said to be unknown where they cannot be loaded", async () => {
    server.fail(HISTORY, 503, "The database is away");
    await open();
    await screen.findByText("The batches could not be loaded: The database is away");
    expect(waitFors().placeholder).not.toBe("No batch is unfinished");
  });

  it("are sent by their ids", async () => {
    server.answer(HISTORY, pageOf(aBatch({ name: "Prices" })));
    await open();
    click(waitFors());
    click(await screen.findByRole("option", { name: /Prices/ }));
    fillIn("The lines", "one");
    expect(screen.getByText("waits for 1 batch")).toBeDefined();
    press("Start batch");
    await waitFor(() => expect(server.asked(CREATE)).toHaveLength(1));
    expect(server.asked(CREATE)[0]?.body).toMatchObject({ dependsOn: ["b1"] });
  });
});
