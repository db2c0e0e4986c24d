"""What functions of an ERP system do, and what is said of them: the sentences of the demo catalog."""

from __future__ import annotations

# verb -> (kind, a sentence on what it does; {a} and {A} stand for the object with its article)
VERBS: dict[str, tuple[str, tuple[str, ...]]] = {
    "create": (
        "form",
        (
            "Records {a} and checks that every mandatory field is filled before anything is saved.",
            "Opens an empty form for {a}, proposes values from the last similar entry and assigns a number.",
        ),
    ),
    "change": (
        "form",
        (
            "Edits {a} and keeps the old values in a change log with user and time.",
            "Lets an authorised clerk correct {a}; fields that others already rely on are locked.",
        ),
    ),
    "display": (
        "form",
        (
            "Shows {a} with its history and the documents that follow from it, without any way to change it.",
            "Gives a read-only view of {a}, laid out for printing.",
        ),
    ),
    "approve": (
        "workflow",
        (
            "Routes {a} to the responsible approver, who accepts, rejects or asks back.",
            "Decides on {a} under the four-eyes principle; a deputy takes over after two days.",
        ),
    ),
    "cancel": (
        "function",
        (
            "Withdraws {a} and reverses what was posted because of it.",
            "Marks {a} as void, with a reason that is kept for the auditors.",
        ),
    ),
    "import": (
        "interface",
        (
            "Reads {a} from a file that a partner system delivers, and reports each line that it rejects.",
            "Takes over {a} from an external system, matching it to existing records by its reference.",
        ),
    ),
    "export": (
        "interface",
        (
            "Writes {a} to a file in the agreed format and notes when it was sent.",
            "Hands {a} over to a partner system and waits for the acknowledgement.",
        ),
    ),
    "analyse": (
        "report",
        (
            "Compares {a} over time and by organisation, with a drill-down to the single document.",
            "Lists {a} with totals per period and highlights what lies outside the usual range.",
        ),
    ),
    "reconcile": (
        "job",
        (
            "Runs every night, compares {a} with its counterpart and lists the differences.",
            "Finds where {a} and the figures that depend on it have drifted apart, and proposes a fix.",
        ),
    ),
    "archive": (
        "job",
        (
            "Moves {a} to the archive once its retention period has passed.",
            "Selects old entries of {a}, checks that nothing open refers to them, and takes them out of the "
            "active tables.",
        ),
    ),
    "notify": (
        "job",
        (
            "Reminds whoever is responsible when {a} waits for longer than agreed.",
            "Sends a message to the people concerned as soon as {a} changes its status.",
        ),
    ),
    "print": (
        "report",
        (
            "Prints {a} on the company's letterhead, or sends it as a PDF.",
            "Lays out {a} for paper in the language of whoever receives it.",
        ),
    ),
    "copy": (
        "function",
        (
            "Takes {a} as the pattern for a new one and leaves out whatever is unique to it.",
            "Duplicates {a} into another organisation, adjusting numbers and dates.",
        ),
    ),
    "simulate": (
        "function",
        (
            "Works through {a} as if it were posted, shows every effect and stores nothing.",
            "Answers what would change if {a} looked different, side by side with today's figures.",
        ),
    ),
    "assign": (
        "workflow",
        (
            "Gives {a} to the person or team that will handle it, by workload and skill.",
            "Hands {a} over to somebody else together with its notes and open tasks.",
        ),
    ),
    "block": (
        "function",
        (
            "Stops further processing of {a} until somebody releases it again.",
            "Sets a lock on {a} so that nothing can be posted to it while a question is open.",
        ),
    ),
    "search": (
        "form",
        (
            "Finds {a} by any of its fields, also by parts of words and with typing errors.",
            "Offers saved searches for {a} that a team can share.",
        ),
    ),
    "audit": (
        "report",
        (
            "Shows who did what to {a} and when, in a form that auditors accept.",
            "Draws a random sample of {a} and lists what is missing in each.",
        ),
    ),
}

REMARKS: tuple[str, ...] = (
    "Used daily by about {users} people in {team}.",
    "The result feeds the month-end figures of {team}.",
    "Runs in the background for large volumes; {team} gets a message at the end.",
    "Without an entry in the last {users} days it is hidden from the menu.",
    "Field-level permissions are maintained by {team}.",
    "A mobile version exists for people away from their desk.",
    "Errors are collected in a worklist that {team} clears every morning.",
    "",
    "",
)

TEAMS: tuple[str, ...] = (
    "the shared service centre",
    "the plant office",
    "head office",
    "the regional team",
    "the key users",
    "the back office",
    "the central desk",
)
