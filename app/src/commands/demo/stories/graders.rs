//! Graders, guardrails and what comes out of them.

use super::{
    Desk::Evaluations,
    Paper, Story,
    Turn::{Asks, Holds, Notes, Says, Solves, Writes},
};
use tickets::{
    Category::{Bug, FeatureRequest, TechnicalSupport},
    Priority::{High, Low, Medium},
};

pub(super) const STORIES: &[Story] = &[
    Story {
        subjects: &["Grader returns null for some rows", "\"could not parse verdict\" in %n% rows of %run%", "Judge gives no score"],
        body: r#"In run `%run%` the grader has no verdict for %n% of %rows% rows. The detail says

```json
{"verdict": null, "error": "could not parse verdict", "raw": "Overall I would say this is a solid 8/10, because"}
```

[[Are these rows counted as failed?|The other rows look right.|It started when we changed the judge to %model%.]]"#,
        desk: Evaluations, category: Bug, priority: Medium, tags: &["graders", "judge"], paper: Some(Paper::Trace),
        turns: &[
            Solves(r#"rows without a verdict are left **out of the mean**, they don't count as failed; the run page shows them as *ungraded*.

The cause is in the raw text: the judge starts with prose and is cut off at the token limit before it comes to the number. Two changes make it reliable:

1. In the grader choose **Structured verdict**. The judge must then answer with JSON:

```json
{"score": 0.8, "reason": "one sentence"}
```

2. Set *Maximum tokens* of the grader to at least 300.

Afterwards *Grade again* on the run repeats only the rows without a verdict, so it costs next to nothing."#),
        ],
    },
    Story {
        subjects: &["Judge model is far too lenient", "How do we calibrate a grader?", "LLM judge says 0.95 to everything"],
        body: "Our grader for %prompt% gives nearly everything 0.9 or more, also answers that our [[support team|lawyers|editors]] would never send. A sample of %n% rows that we labelled by hand agrees with the judge in only %pct2% % of the cases.

[[What is the recommended way to tune it?|Is it the model or our instructions?]]",
        desk: Evaluations, category: TechnicalSupport, priority: Medium, tags: &["graders", "calibration", "how-to"], paper: Some(Paper::Table),
        turns: &[
            Asks("labels by hand are exactly what is needed, well done. Could you send me the instructions of the grader, as they are now? (*Grader → ⋯ → Copy as YAML*)"),
            Writes("Here they are:

```yaml
grader: helpfulness
judge: %model%
instructions: |
  Rate how helpful the answer is from 0 to 1.
```

[[Short, I know.|That is all there is.]]"),
            Solves("thank you! A scale without anchors drifts to the top with every judge we know. This usually brings the agreement over 85 %:

```yaml
grader: helpfulness
judge: %model%
scale: [fail, partly, good]
instructions: |
  fail: a fact is wrong, or the question is not answered
  partly: right, but a step is missing or it is hard to follow
  good: right, complete, could be sent as it is
examples: %dataset%
```

- **Three named steps** instead of 0 to 1
- **examples** points to your labelled rows; PromptCraft shows the judge five of them
- *Grader → Calibrate* compares with the labels and shows where they disagree

Read the ten rows with the largest gap first. Most often the instructions are silent on something that people find obvious."),
        ],
    },
    Story {
        subjects: &["Guardrail blocks harmless questions", "False positives of the guardrail \"self-harm\" in %prompt%", "Guardrail too strict for a medical product"],
        body: r#"Since we switched on the guardrails, about %n% harmless requests a day are refused. Examples:

- *"How do I kill a process that hangs?"*
- *"The patient was given a shot in the arm."*

[[We are a health product, such words are normal for us.|Our customers complain about it.|Can we tune it without switching it off?]]"#,
        desk: Evaluations, category: TechnicalSupport, priority: High, tags: &["guardrails", "false-positive"], paper: None,
        turns: &[
            Says("thank you for the examples. Both come from the **fast filter**, which works with words and not with meaning. I have sent them to the team that owns it.

What helps at once: set the guardrail to *Two stages*. The fast filter then only *suggests*, and a small model decides with the whole sentence. It adds about 120 ms to those requests alone."),
            Writes("We switched to two stages and it is much better. %n% yesterday came down to 2. [[Is there a way to add our own exceptions?|Can we allow certain terms on top?]]"),
            Solves("great to hear. Yes: *Guardrails → Exceptions* takes phrases or a short description in plain words, such as

> Clinical descriptions of injections, wounds and medication are allowed.

It applies to the project, is versioned like a prompt, and every request that passed because of an exception carries `guardrail.exception` in its trace, so you can review them."),
        ],
    },
    Story {
        subjects: &["PII masking removes order numbers", "Guardrail masks our article numbers as phone numbers", "`[PHONE]` in answers where a part number should be"],
        body: r#"The privacy guardrail turns our [[order numbers|article numbers|serial numbers]] (ten digits, like 4711%n%0815) into `[PHONE]`. The model then answers *"I can't find order [PHONE]"*, which is at least polite.

Trace of one request attached. Project: %prompt%."#,
        desk: Evaluations, category: Bug, priority: Medium, tags: &["guardrails", "privacy"], paper: Some(Paper::Trace),
        turns: &[
            Notes("The phone detector takes every run of 9–11 digits when the locale is `auto`. Fixed for customers by patterns; a better default is %issue%."),
            Solves(r"polite indeed, but not much use. The detector can't know your numbers, so tell it:

*Guardrails → Privacy → Known patterns → Add*

| name | pattern | treat as |
|---|---|---|
| order number | `\b47\d{8}\b` | not personal |

Known patterns win over every detector. And set *Region* to your countries instead of *auto*: then a phone number needs a valid prefix.

I tried both with the trace you sent: nothing is masked wrongly any more."),
        ],
    },
    Story {
        subjects: &["Pairwise comparison prefers whatever comes first", "Position bias in pairwise graders", "Swap A and B automatically?"],
        body: "When we compare v%version% with v%prior% the winner is mostly the one in place A. I swapped them by hand on `%dataset%`: A won %pct% % of the time, both ways round.

[[Could the grader do the swap by itself and count only agreement?|That makes the comparison worthless for us.]]",
        desk: Evaluations, category: FeatureRequest, priority: Low, tags: &["graders", "pairwise", "idea"], paper: Some(Paper::Table),
        turns: &[
            Says("that is a textbook position bias, and your measurement is a nice proof of it. I forwarded it to the product team together with your table."),
            Holds("the team wants to build it: *Compare both ways round, count a win only if both agree, else a tie*. It is tracked as %issue%. I keep this on hold until there is something to try."),
            Solves("**Both ways round** is here: you find the switch in the settings of every pairwise grader, and it is on for new ones. Each row costs two judgements instead of one.

Thank you again for the table, it is in the tests now."),
        ],
    },
    Story {
        subjects: &["Export of evaluation results stops at 1,000 rows", "CSV export of %run% is incomplete", "Results export misses rows"],
        body: "Run `%run%` has %rows% rows, the CSV export has exactly 1,000. [[No warning anywhere.|I noticed only because the mean was different.]] We need all of them for our [[analysis in R|audit|data warehouse]].",
        desk: Evaluations, category: Bug, priority: Medium, tags: &["exports", "evaluations"], paper: Some(Paper::Table),
        turns: &[
            Solves("the button exports what the table shows, and the table loads 1,000 rows. You are right that it must say so: from today on it does, and offers the full export next to it.

All rows, now:

```sh
promptcraft runs export %run% --format csv --output results.csv
```

or *Run → ⋯ → Export everything*, which prepares the file in the background and sends you a link. JSON Lines and Parquet are there as well."),
        ],
    },
    Story {
        subjects: &["Comparing two versions side by side", "How do I see what changed between v%prior% and v%version%?", "Side by side view for %prompt%"],
        body: "[[My team|Our product manager|I]] would like to see the answers of v%prior% and v%version% next to each other for the same rows, best sorted by *where it changed most*. Is there such a view, or should we export both runs and do it in a spreadsheet?",
        desk: Evaluations, category: TechnicalSupport, priority: Low, tags: &["evaluations", "compare", "how-to"], paper: None,
        turns: &[
            Solves("no spreadsheet needed:

1. *Evaluations* → tick the two runs → **Compare**
2. Sort by **Δ score**: the rows that lost most come first
3. Press `D` to mark the differences within the texts

The address of that page can be shared with everybody in the workspace. Both runs must use the same dataset version; if they don't, the page says which rows are in only one of them."),
        ],
    },
];
