//! Evaluation runs and datasets.

use super::{
    Desk::Evaluations,
    Paper, Story,
    Turn::{Asks, Holds, Notes, Says, Solves, Writes},
};
use tickets::{
    Category::{Billing, Bug, FeatureRequest, TechnicalSupport},
    Priority::{High, Low, Medium},
};

pub(super) const STORIES: &[Story] = &[
    Story {
        subjects: &["Evaluation run %run% is stuck at %pct% %", "Run on `%dataset%` has not moved for two hours", "Evaluation never finishes since this morning"],
        body: "[[We started an evaluation of|I started a run of|Our nightly run of]] **%prompt%** v%version% on the dataset `%dataset%` (%rows% rows) and it has been standing at %pct% % since %time% UTC. Cancelling does nothing, the button just says *Stopping…*.

Run: `%run%`
Model: %model%

[[We need the numbers for a release decision today.|Is there a way to keep the rows that are done already?|The same run took eleven minutes last week.]]",
        desk: Evaluations, category: Bug, priority: High, tags: &["evaluations", "stuck-run"], paper: Some(Paper::Shot),
        turns: &[
            Says("thank you for the run id, that helps. I can see %n% rows of `%run%` waiting for an answer of %model% which never came: their worker was replaced in the middle of a deployment and the rows kept their lease.

I have asked our engineers to hand the rows to another worker. Nothing that is finished gets lost. I will write again within the hour."),
            Notes("Leases of `%run%` are held by a worker that is gone. Same picture as %issue%. Released by hand from the runbook *Orphaned rows*, waiting for the queue to drain."),
            Solves("your run is through now: **%rows% of %rows% rows**, mean score %score%.

What happened, and what we changed:

1. A deployment at %time% UTC ended a worker before it gave its rows back.
2. Rows now return to the queue after 90 seconds without a sign of life (before: six hours).
3. *Stop* works on runs in that state as well.

You don't have to start it again, and the rows were billed once."),
        ],
    },
    Story {
        subjects: &["Scores differ between two runs of the same version", "Same prompt, same dataset, %pct2% % difference?", "Evaluation results of %prompt% are not reproducible"],
        body: "I ran **%prompt%** v%version% twice on `%dataset%` without changing anything and got two different results:

| run | mean score | passed |
|---|---|---|
| first | %score% | %pct% % |
| second | %score2% | %pct2% % |

[[How are we supposed to compare versions when the noise is that large?|Temperature is 0 in both. What am I missing?|My lead asks which of the two is right.]]",
        desk: Evaluations, category: TechnicalSupport, priority: Medium, tags: &["evaluations", "reproducibility"], paper: Some(Paper::Table),
        turns: &[
            Asks("good question, and you are in good company with it. Could you tell me two things?

- Which grader did you use: a rule, or a judge model?
- Was **Sample** set to *all rows* or to a number? You find it in the run under *Settings*."),
            Writes("It is a judge model (%model%), and Sample was %n% rows. [[I thought it takes the first ones?|Does it not take the same ones each time?]]"),
            Solves("that explains most of it. Two sources of noise add up here:

1. **Sampling.** A number means *that many rows at random*. Set a seed and both runs get the same rows:

```yaml
run:
  prompt: %prompt%@%version%
  dataset: %dataset%
  sample: %n%
  seed: 42
```

2. **The judge.** Even at temperature 0 a hosted model is not fully deterministic. Turn on *3 votes* in the grader, then the median counts.

With both, customers usually see less than one point between repeats. The run page also shows a 95 % interval now: if the intervals of two versions overlap, treat them as equal."),
        ],
    },
    Story {
        subjects: &["CSV import into %dataset% fails at row %n%", "Dataset upload: \"invalid UTF-8 in row %n%\"", "Can't import our dataset, umlauts are broken"],
        body: r#"Importing our file into the dataset `%dataset%` ends with

```
ImportError: row %n%, column "question": invalid UTF-8 sequence
```

The file opens fine in [[Excel|LibreOffice|Numbers]]. It has about %rows% rows, exported from our [[CRM|ticket archive|old labelling tool]]."#,
        desk: Evaluations, category: TechnicalSupport, priority: Medium, tags: &["datasets", "import"], paper: Some(Paper::Table),
        turns: &[
            Solves(r#"the file is very likely in *Windows-1252*, which is what [[Excel|many desktop programs]] writes as plain "CSV". PromptCraft reads UTF-8 only. Any of these will do:

- In Excel: *Save as* → **CSV UTF-8 (comma delimited)**
- On a terminal:

```sh
iconv -f WINDOWS-1252 -t UTF-8 export.csv > export-utf8.csv
```

- With Python: `pandas.read_csv(path, encoding="cp1252").to_csv("export-utf8.csv", index=False)`

Before you import, the preview shows the first 20 rows: if the umlauts look right there, they are right everywhere."#),
        ],
    },
    Story {
        subjects: &["How do I test conversations with several turns?", "Multi-turn datasets for %prompt%", "Evaluating a chat prompt, not single answers"],
        body: "%prompt% is a chat assistant and the interesting failures come at turn three or four. As far as I can see a dataset row is one input and one expected output. [[Is there a way to put whole conversations into a dataset?|How do others test that?]]

We would like to grade only the last answer, but with the earlier ones as context.",
        desk: Evaluations, category: TechnicalSupport, priority: Low, tags: &["datasets", "multi-turn", "how-to"], paper: None,
        turns: &[
            Solves(r#"yes, that works: a row may have a column of the type **messages**. It holds the conversation so far, and the model writes the next turn:

```json
{
  "messages": [
    {"role": "user", "content": "My parcel is late."},
    {"role": "assistant", "content": "I am sorry! Which order is it?"},
    {"role": "user", "content": "The one from %date%."}
  ],
  "expected": "asks for the order number or looks it up"
}
```

In the prompt, put `{{messages}}` where the history belongs. Graders get the column too, so a judge can see the context. One file with one JSON object a line (`.jsonl`) imports directly.

If you want the *whole* conversation to be played by a simulated user, have a look at *Simulations* in the beta features."#),
        ],
    },
    Story {
        subjects: &["Evaluation cost %amount%, the estimate said half", "Why was run %run% so expensive?", "Estimated and real cost of an evaluation differ"],
        body: "Before we started run `%run%` the dialog estimated less than half of the **%amount%** that it has cost in the end. Same dataset (`%dataset%`, %rows% rows), same model. [[I have to explain this to finance.|We plan our budget with these estimates.|Where does the rest come from?]]",
        desk: Evaluations, category: Billing, priority: Medium, tags: &["evaluations", "cost"], paper: Some(Paper::Shot),
        turns: &[
            Notes("Checked the usage lines: %pct% % of the tokens are the judge, not the prompt. The estimate leaves graders out when the judge was added after the preview. Known: %issue%."),
            Solves("I went through the usage of that run line by line:

| part | share |
|---|---|
| answers of %prompt% | %pct2% % |
| judge (3 votes a row) | the rest |
| repeats after errors | 0, they are free |

The estimate was made *before* the judge was added, and it did not refresh. That is a mistake on our side: it is fixed since this week, the dialog now counts graders and votes.

I have added a **credit of half the amount** to your workspace. To save from now on: one vote instead of three for drafts, three only before a release."),
        ],
    },
    Story {
        subjects: &["Nightly evaluations on a schedule", "Feature request: run %dataset% every night", "Scheduled runs, please"],
        body: "We change %prompt% several times a week and the models behind it change too. [[It would help us a lot to have|We miss]] a schedule: *run `%dataset%` every night at 02:00 and mail me when the score falls by more than %n% points*.

[[At the moment a cron job on somebody's laptop does it.|Today we click the button by hand, and forget it.]]",
        desk: Evaluations, category: FeatureRequest, priority: Low, tags: &["evaluations", "scheduling", "idea"], paper: None,
        turns: &[
            Says(r#"I like this one, and you are not the first to ask. I added your case to the idea *Scheduled evaluations*, with the part about the threshold, which was new.

Until then the API can do it without a laptop, for example from a scheduled CI job:

```sh
curl -fsS https://api.promptcraft.example/v1/runs \
  -H "Authorization: Bearer $PROMPTCRAFT_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{"prompt": "%prompt%", "dataset": "%dataset%", "notify": ["%email%"]}'
```"#),
            Holds("a short update: schedules are on the plan for the next quarter. I put this request on hold and will write to you when the beta opens, so you don't have to keep asking."),
            Solves("good news: **scheduled evaluations** are in beta, and I have switched them on for %org%. You find them under *Evaluations → Schedules*; the threshold you asked for is called *Alert when the score falls by*.

I would love to hear how it works for you."),
        ],
    },
    Story {
        subjects: &["Use evaluations as a gate in CI", "`promptcraft eval` returns 0 although the score fell", "Exit code of the CLI when an evaluation fails"],
        body: "We run this in [[GitHub Actions|GitLab CI|our pipeline]]:

```sh
promptcraft eval %prompt% --dataset %dataset% --wait
echo $?
```

The score fell from %score% to %score2% and the command still ends with 0, so the broken prompt was merged. [[How do we make the job fail?|Is there an option for a minimum?]]",
        desk: Evaluations, category: TechnicalSupport, priority: Medium, tags: &["cli", "ci", "evaluations"], paper: Some(Paper::Log),
        turns: &[
            Solves(r"the exit code says only whether the *run* worked, unless you name what you expect. Two options do that:

```sh
promptcraft eval %prompt% --dataset %dataset% --wait \
  --min-score %score2% \
  --baseline production --max-drop 0.02
```

- `--min-score` is an absolute bar
- `--baseline production --max-drop` compares with the version that is live

If either fails, the exit code is **3** and the last line names the rows that got worse. With `--report junit.xml` your CI shows every row as a test case."),
        ],
    },
    Story {
        subjects: &["Deleted rows from %dataset% by mistake", "Can you restore a dataset?", "Need an older state of `%dataset%` back"],
        body: "[[A colleague|An intern|I]] removed about %n% rows from `%dataset%` this morning while cleaning up duplicates, and some of them were our golden set. **Can you restore the state of %date%?**

No backup on our side, sadly.",
        desk: Evaluations, category: TechnicalSupport, priority: High, tags: &["datasets", "restore"], paper: None,
        turns: &[
            Asks("don't worry, nothing is lost: datasets keep every state for 90 days.

I can see two changes that day, one at 08:12 and one at %time% UTC. Shall I bring back the state **before the first one**, or only before the second?"),
            Writes("Before the first one please. [[That was quick!|Thank you so much.|You are saving my week.]]"),
            Solves("done: `%dataset%` is back at the state of %date%, as a new version on top, so the cleaned one is still there if you need it.

You can do this yourself too:

1. Open the dataset → **History**
2. Pick a state, *Compare* shows what would change
3. **Restore as new version**"),
        ],
    },
];
