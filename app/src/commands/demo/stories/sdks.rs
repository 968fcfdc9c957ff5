//! SDKs and streaming.

use super::{
    Desk::Api,
    Paper, Story,
    Turn::{Asks, Holds, Notes, Says, Solves, Writes},
};
use tickets::{
    Category::{Bug, FeatureRequest, TechnicalSupport},
    Priority::{High, Low, Medium},
};

pub(super) const STORIES: &[Story] = &[
    Story {
        subjects: &["Python SDK %sdk%: ImportError after upgrade", "`from promptcraft import Client` fails since %sdk%", "SDK upgrade broke our build"],
        body: r#"After upgrading to `promptcraft==%sdk%` our service does not start:

```
Traceback (most recent call last):
  File "app/main.py", line %n%, in <module>
    from promptcraft import Client
ImportError: cannot import name 'Client' from 'promptcraft' (unknown location)
```

Python 3.12 in [[Docker|a Lambda|a virtualenv]]. The version before worked."#,
        desk: Api, category: Bug, priority: High, tags: &["sdk", "python"], paper: Some(Paper::Log),
        turns: &[
            Asks(r#"*unknown location* says that Python finds a **folder** of that name before it finds the package. Could you run this in the same place?

```sh
python -c "import promptcraft; print(promptcraft.__path__)"
pip show -f promptcraft | head
```"#),
            Writes("It prints `_NamespacePath(['/app/promptcraft'])`. [[We have a folder promptcraft/ with our prompt files!|That is our own folder.]] But why did it work before?"),
            Solves("mystery solved. Your folder has no `__init__.py`, so Python treats it as a *namespace package*. Before %sdk% our package was found first, because it was installed in editable mode in your image; now the current folder wins.

Rename the folder (`prompts/` is what most people use) or start with `python -P -m app.main`, which leaves the current folder out of the path."),
        ],
    },
    Story {
        subjects: &["Python SDK times out after 60 seconds", "ReadTimeout for long answers", "How do I set the timeout in the SDK?"],
        body: "Long answers of **%prompt%** (about %count% tokens) fail with

```
httpx.ReadTimeout: timed out
```

after exactly 60 seconds. I pass `timeout=300` to `Client(...)`, it has no effect. SDK %sdk%.",
        desk: Api, category: TechnicalSupport, priority: Medium, tags: &["sdk", "python", "timeouts"], paper: Some(Paper::Log),
        turns: &[
            Solves(r#"`Client(timeout=…)` is the time to *connect*; the name is a leftover, sorry. The time to read is set per call or as a default:

```python
client = Client(read_timeout=300)
answer = client.run("%prompt%", variables=row, read_timeout=300)
```

For answers of that length streaming is the better choice, because every chunk starts the clock anew and users see something at once:

```python
for chunk in client.stream("%prompt%", variables=row):
    print(chunk.text, end="", flush=True)
```"#),
        ],
    },
    Story {
        subjects: &["TypeScript types of @promptcraft/sdk %sdk% are wrong", "Type error: Property 'usage' does not exist", "Node SDK: usage is missing in the types"],
        body: r#"With `@promptcraft/sdk` %sdk% and TypeScript strict:

```ts
const answer = await client.run("%prompt%", { variables });
console.log(answer.usage.outputTokens);
//                 ~~~~~ Property 'usage' does not exist on type 'Answer'
```

At run time it is there. [[We cast to any for now, which our linter hates.|Is it safe to rely on it?]]"#,
        desk: Api, category: Bug, priority: Low, tags: &["sdk", "typescript"], paper: None,
        turns: &[
            Notes("Types are generated from the OpenAPI file, where `usage` is missing in the 200 of run. Fix is in %issue%."),
            Solves(r#"it is safe, `usage` is part of the contract. Our API description forgot it, and the types are made from that.

The patch release of today has it:

```sh
npm install @promptcraft/sdk@latest
```

Until you upgrade, this keeps the linter happy:

```ts
declare module "@promptcraft/sdk" {
  interface Answer { usage: { inputTokens: number; outputTokens: number } }
}
```"#),
        ],
    },
    Story {
        subjects: &["Streaming arrives in one piece behind nginx", "SSE is buffered in production", "Stream works locally, not on the server"],
        body: "Locally the answer streams word by word. Behind our [[nginx|load balancer|reverse proxy]] it arrives all at once at the end, after %n% seconds.

```sh
curl -N https://api.our-service.test/chat
```

[[Is there a header that we have to pass on?|What is the recommended configuration?]]",
        desk: Api, category: TechnicalSupport, priority: Medium, tags: &["streaming", "proxy", "how-to"], paper: None,
        turns: &[
            Solves(r#"the proxy collects the answer before it passes it on. For nginx, in the `location` of that route:

```nginx
proxy_http_version 1.1;
proxy_set_header Connection "";
proxy_buffering off;
proxy_cache off;
gzip off;
proxy_read_timeout 300s;
```

or send `X-Accel-Buffering: no` from your own service, then only streams are concerned. If there is a CDN in front, look for *response buffering* there as well.

To check: `curl -N -w '%{time_starttransfer}\n'` should print less than a second."#),
            Writes("`gzip off` was the missing piece! [[Everything streams now.|Perfect.]]"),
            Solves("glad to hear it. I added `gzip off` to the page about proxies, it was missing there too."),
        ],
    },
    Story {
        subjects: &["Stream ends in the middle of a sentence", "Streaming stops after %n% seconds without an error", "Incomplete answers when streaming"],
        body: "About %pct2% % of our streamed answers of **%prompt%** end in the middle of a sentence. No error event, no `done`, the connection is just closed. Without streaming the same inputs are complete.

Example: `%req%`, SDK %sdk%. [[Trace attached.|It happens on mobile networks as well as in the office.]]",
        desk: Api, category: Bug, priority: High, tags: &["streaming", "sdk"], paper: Some(Paper::Trace),
        turns: &[
            Says("in the trace I can see that **we** sent everything, the last event went out as it should. The client closed the connection %ms% ms before. Is there a timeout of your own, for example `AbortSignal.timeout(…)` or a limit of your serverless platform?"),
            Writes("Our edge function has a limit of 30 s of wall time. [[I had forgotten about that one.|But the answers that break are not longer than others?]]"),
            Notes("30 s limit, and the model pauses for tools. Explained with `resume`."),
            Solves(r#"that is it: not the length counts but the time, and when %model% uses a tool in between it can take more than 30 s.

Since SDK %sdk% a stream can be taken up again where it broke:

```ts
const stream = client.stream("%prompt%", { variables, resumable: true });
// after a break, in a new invocation:
const rest = client.resume(stream.id, { after: lastEventId });
```

We keep the events of a resumable stream for ten minutes."#),
        ],
    },
    Story {
        subjects: &["Token usage is missing when streaming", "How do I get usage from a stream?", "usage is null in streamed answers"],
        body: "We bill our own customers by tokens. Without streaming `usage` is in the answer, with streaming it is `null`. [[Counting by ourselves gives slightly different numbers.|Is there an option for that?]]",
        desk: Api, category: TechnicalSupport, priority: Low, tags: &["streaming", "usage"], paper: None,
        turns: &[
            Solves(r#"yes, ask for it and it comes with the last event:

```json
{"stream": true, "stream_options": {"include_usage": true}}
```

```
event: usage
data: {"input_tokens": %count%, "output_tokens": %n%, "cached_tokens": 0}

event: done
```

Please don't count by yourself: tools and cached parts are counted differently by every provider. The usage event has the numbers we bill by."#),
        ],
    },
    Story {
        subjects: &["Answers are not valid JSON", "Structured output of %prompt% breaks our parser", "JSON mode returns Markdown fences"],
        body: r#"We ask for JSON and get, in roughly %pct2% % of the cases, JSON inside of a Markdown fence, or a comma too many. Our parser fails. [[Telling the model "ONLY JSON!!!" did not help.|Model is %model%.]]

Is there something better than a regular expression?"#,
        desk: Api, category: TechnicalSupport, priority: Medium, tags: &["structured-output", "json"], paper: Some(Paper::Trace),
        turns: &[
            Solves(r#"there is. Give the prompt a **schema** and the answer is forced into it while it is written:

```python
from pydantic import BaseModel

class Verdict(BaseModel):
    category: str
    confidence: float

answer = client.run("%prompt%", variables=row, schema=Verdict)
print(answer.parsed.category)
```

- it works with %model% and all other models marked *structured* in the list
- `answer.parsed` is checked; if the model can't fill it, you get `SchemaNotMet` instead of broken text
- the sentence "ONLY JSON!!!" can go, it costs tokens and makes answers worse"#),
        ],
    },
    Story {
        subjects: &["Official Go SDK?", "Feature request: SDK for [[Go|Java|Rust]]", "Client library for our backend language"],
        body: "Our backend is written in [[Go|Java|Rust|Elixir]] and we call the HTTP API by hand, with our own retries and streaming. An official SDK would save us from maintaining that. [[Is one planned?|We would gladly test a beta.]]",
        desk: Api, category: FeatureRequest, priority: Low, tags: &["sdk", "idea"], paper: None,
        turns: &[
            Says("thank you for the offer! I noted your vote and that you would test. The order of the next SDKs depends on such votes.

Until then: our OpenAPI description at `https://api.promptcraft.example/openapi.json` is complete and tested, and the usual generators work with it. Retries and streaming are the only parts to write by hand; the page *Writing a client* lists what matters."),
            Holds("it is decided: the next SDK is in the making and a beta is expected in some weeks. I put you on the list of testers and this request on hold until then."),
            Solves("the beta is open, and you have got an invitation to the repository. Please report what you find there; the engineers read it themselves."),
        ],
    },
];
