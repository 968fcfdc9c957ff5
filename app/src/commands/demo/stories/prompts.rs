//! Prompts, their versions and how they are shared.

use super::{
    Desk::Evaluations,
    Paper, Story,
    Turn::{Asks, Notes, Says, Solves, Writes},
};
use tickets::{
    Category::{Bug, FeatureRequest, GeneralInquiry, TechnicalSupport},
    Priority::{High, Low, Medium, Urgent},
};

pub(super) const STORIES: &[Story] = &[
    Story {
        subjects: &["Wrong version of %prompt% is live", "Production serves v%prior% although v%version% is published", "Published version does not arrive"],
        body: r#"We published v%version% of **%prompt%** at %time% UTC, and the API still answers with v%prior%. [[Customers see the old disclaimer.|Our legal team wants the old text gone.|The page says "live" in green.]]

```json
{"prompt": "%prompt%", "version": %prior%, "request_id": "%req%"}
```"#,
        desk: Evaluations, category: Bug, priority: Urgent, tags: &["prompt-versions", "production"], paper: Some(Paper::Trace),
        turns: &[
            Asks("I am looking at it right now. The request `%req%` came with the label `stable`, while v%version% was published to `production`. Does your code name a label, perhaps in a setting like `PROMPTCRAFT_LABEL`?"),
            Writes("Argh. Yes, [[our Helm chart sets it to stable|the staging config leaked into production]]. Can we point both labels to the same version for now?"),
            Solves("of course. *Prompt → Labels → stable → Move to v%version%*; it takes effect within ten seconds. I see that you did it already, the last requests get v%version%.

So that it doesn't come back:

- Delete `stable` if nobody needs it; requests for a label that is gone fail loudly
- or tick **Follow production** on the label"),
        ],
    },
    Story {
        subjects: &["Roll back a prompt version", "How can I go back to v%prior%?", "Undo a published prompt"],
        body: "v%version% of %prompt% performs worse than we thought (%score2% instead of %score%). What is the right way to go back to v%prior%? [[I don't want to lose the text of v%version%.|Do API users notice anything?]]",
        desk: Evaluations, category: TechnicalSupport, priority: Medium, tags: &["prompt-versions", "how-to"], paper: None,
        turns: &[
            Solves("versions are never overwritten, so nothing can get lost. Open v%prior% and press **Make live**, or from a terminal:

```sh
promptcraft prompts promote %prompt%@%prior% --label production
```

Requests under way finish with the version they started with, new ones get v%prior% within ten seconds. v%version% stays in the history, with your notes and its evaluation."),
        ],
    },
    Story {
        subjects: &["Curly braces in a prompt are taken as variables", "How do I escape {{ }} in a prompt?", "\"unknown variable\" for JSON examples in the prompt"],
        body: r#"Our prompt contains an example of [[Jinja|a Handlebars|a JSON]] template, and publishing fails:

```
unknown variable "customer.name" in line %n%
```

It is no variable, it is text for the model. How do I write two braces literally?"#,
        desk: Evaluations, category: TechnicalSupport, priority: Low, tags: &["prompts", "variables"], paper: None,
        turns: &[
            Solves(r#"there are two ways. For a single place, a backslash:

```
Use \{{customer.name}} in the greeting.
```

For a whole block, `raw`:

```
{% raw %}
{"greeting": "Hello {{customer.name}}"}
{% endraw %}
```

The editor shows variables in violet and literal braces in grey, so you can see at once which is which."#),
        ],
    },
    Story {
        subjects: &["Two people edited %prompt% and one edit is gone", "Edits overwritten by a colleague", "Lost my changes in the prompt editor"],
        body: "%colleague% and I worked on **%prompt%** at the same time this morning. When %colleague% saved, my changes were gone: no warning, no merge. [[That was an hour of work.|I had only just finished the examples.]] Is there a draft somewhere?",
        desk: Evaluations, category: Bug, priority: High, tags: &["prompts", "editor", "collaboration"], paper: Some(Paper::Shot),
        turns: &[
            Says("I am sorry, that is the last thing an editor should do. Drafts are kept on our side for 30 days, and I found yours from %time% UTC. It stands now as **v%version%-draft** next to the version of %colleague%: *Prompt → Drafts*.

I am still looking into why there was no warning."),
            Notes("The warning needs the live socket. Their proxy cuts sockets after 60 s (seen in the client log), and the editor fell back to polling without the conflict check. Filed as %issue%."),
            Solves("we found it. When the live connection breaks, the editor saved without comparing versions first. Since today it always compares: if somebody else saved in the meantime, you see both texts and choose line by line.

Your draft is safe, and I have checked that no other draft of %org% was touched in the same way. Thank you for telling us so precisely."),
        ],
    },
    Story {
        subjects: &["Public link to a prompt shows 404", "Shared prompt can't be opened outside our workspace", "Sharing %prompt% with a client"],
        body: "I shared **%prompt%** with *Anyone with the link* and sent it to a [[client|partner|friend at another company]], who gets *Page not found*. For me it opens fine. [[Do they need an account?|Incognito does not work either.]]",
        desk: Evaluations, category: TechnicalSupport, priority: Medium, tags: &["sharing", "permissions"], paper: Some(Paper::Shot),
        turns: &[
            Asks("the link itself is right. Your workspace has the policy **No public links**, which wins over the sharing of a single prompt. It was set by an admin of %org% some time ago. Would you like to have it changed, or should the client become a guest?"),
            Writes("I didn't know that policy. A guest would be fine, if that doesn't cost a seat."),
            Solves("guests who only read are free. Invite them under *Prompt → Share → Guest by mail*: they see that prompt and nothing else, and the invitation ends after 30 days unless you extend it.

I have also asked for a clearer message: a dialog that offers a link which can't work is not helpful."),
        ],
    },
    Story {
        subjects: &["Run history takes a minute to open", "History of %prompt% times out", "Filtering runs by date is very slow"],
        body: "The history of %prompt% (about %count% requests a day) takes %n% seconds to open and sometimes ends with *Something went wrong*. [[Filtering by date makes it worse.|Last month it was instant.]] Browser: [[Firefox|Chrome|Safari|Edge]], no extensions.",
        desk: Evaluations, category: Bug, priority: Medium, tags: &["history", "performance"], paper: Some(Paper::Shot),
        turns: &[
            Notes("Plan of the history query falls back to a scan when *label* and *date* are both set. %issue% adds the index, rollout by region this week."),
            Says("thank you for the numbers. The page asks for the newest requests in a way that gets slower with every request you make, and you make many. An index for that is on its way to your region.

In the meantime the view *Last 24 hours* is quick, because it reads another table."),
            Solves("the index is in place in your region since last night. I opened the history of %prompt% with a filter by date: **0.4 s**. Please tell me if you see anything above two seconds."),
        ],
    },
    Story {
        subjects: &["Folders for prompts?", "Idea: tags and folders in the prompt library", "We have %count% prompts and can't find any"],
        body: "We are at %count% prompts now and the flat list does not scale: [[everybody prefixes names with the team|people copy prompts because they don't find the existing one]]. Folders or tags with permissions per folder would be wonderful.",
        desk: Evaluations, category: FeatureRequest, priority: Low, tags: &["prompt-library", "idea"], paper: None,
        turns: &[
            Solves("thank you, I have added %org% to the idea *Collections*, which is just that: groups of prompts with own rights, and a prompt may be in several.

Already possible today, and easily missed:

- **Labels with a colon** (`team:legal`) become filters in the left column
- `owner:me`, `used:never` and `changed:<30d` work in the search field
- *Library → Similar prompts* finds copies

I will write to you when the beta of Collections starts."),
        ],
    },
    Story {
        subjects: &["Which models can we use with PromptCraft?", "Is %model% available in the EU?", "Own model behind PromptCraft"],
        body: "We are evaluating PromptCraft for [[about %seats% people|two product teams|our research group]] and have a few questions:

1. Is %model% available in a European region?
2. Can we bring our own key for a provider?
3. Can we connect a model that runs in our own data centre?

[[A short answer is enough.|We decide next week.]]",
        desk: Evaluations, category: GeneralInquiry, priority: Low, tags: &["models", "pre-sales"], paper: None,
        turns: &[
            Solves("with pleasure:

1. **Yes.** Choose *Region: EU* in the project; requests and logs then stay in Frankfurt and Dublin.
2. **Yes**, under *Settings → Providers*. Your key is encrypted and can be used, but never read again.
3. **Yes**, everything that speaks the common chat API. You give an address and a key; if it isn't public, our small agent opens a tunnel from inside.

Evaluations, guardrails and versions work alike for all three. If it helps, I can arrange 30 minutes with an engineer."),
        ],
    },
];
