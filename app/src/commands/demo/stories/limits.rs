//! API: keys, limits, speed and breakdowns.

use super::{
    Desk::Api,
    Paper, Story,
    Turn::{Asks, Notes, Says, Solves, Writes},
};
use tickets::{
    Category::{Bug, GeneralInquiry, TechnicalSupport},
    Priority::{High, Low, Medium, Urgent},
};

pub(super) const STORIES: &[Story] = &[
    Story {
        subjects: &["429 Too Many Requests during our batch", "Rate limit hit at %count% requests a minute", "Getting 429s since we went live"],
        body: "Our batch job sends about %count% requests a minute to **%prompt%** and gets a lot of these:

```
HTTP/1.1 429 Too Many Requests
Retry-After: 7
X-RateLimit-Remaining: 0
```

[[Our plan says twice as much.|We retry at once, which seems to make it worse.|Can the limit be raised for one night?]]",
        desk: Api, category: TechnicalSupport, priority: Medium, tags: &["rate-limits", "429"], paper: Some(Paper::Log),
        turns: &[
            Solves(r#"retrying at once does make it worse: refused requests count as well. What works well with batches:

```python
import random, time
from promptcraft import Client, RateLimited

client = Client(max_concurrency=8)

def ask(row):
    for attempt in range(6):
        try:
            return client.run("%prompt%", variables=row)
        except RateLimited as limited:
            time.sleep(limited.retry_after + random.random() * 2 ** attempt)
    raise RuntimeError("still limited after six tries")
```

- `Retry-After` tells when the window opens; the random part keeps workers from coming back together
- There are **two** limits: requests *and* tokens a minute. Your log shows that it is the tokens
- For nightly work, `POST /v1/batches` has a limit of its own and costs half

If that isn't enough, tell me your peak in tokens a minute and I will ask for a higher limit."#),
        ],
    },
    Story {
        subjects: &["429 although we send almost nothing", "Rate limited at %n% requests a minute?", "Limits seem to be shared between our keys"],
        body: "We send at most %n% requests a minute from the production key …%key% and still get 429s in waves, mostly around %time% UTC. The dashboard shows %pct% % of the limit used. [[Is the limit shared between keys?|Something else must be eating it.]]",
        desk: Api, category: TechnicalSupport, priority: High, tags: &["rate-limits", "429", "api-keys"], paper: Some(Paper::Shot),
        turns: &[
            Asks("limits belong to the **project**, and all of its keys draw from them. In your project there is a second key, *load-test-%colleague%*, with short peaks at exactly these times. Do you know it?"),
            Writes("Oh dear. Yes, that is %colleague%'s load test. It should have been stopped in [[spring|last sprint]]. Sorry for the noise!"),
            Solves("no harm done. Two things that keep tests away from customers:

1. Give tests a **project of their own**: limits, budgets and logs are separate.
2. *Project → Keys → Share of the limit* can hold a key at, say, 10 %.

I have revoked nothing, the key is still there. You can see who used what under *Usage → by key*."),
        ],
    },
    Story {
        subjects: &["401 after rotating the API key", "New key …%key% is not accepted", "Key rotation broke production"],
        body: r#"We rotated our API key at %time% UTC as your docs recommend. The new one (ends in …%key%) gets

```json
{"error": {"type": "invalid_api_key", "message": "The key is not known.", "request_id": "%req%"}}
```

[[in about half of the requests|from two of our five servers]]. The old one was set to expire after 24 h and still works."#,
        desk: Api, category: Bug, priority: High, tags: &["api-keys", "401"], paper: Some(Paper::Log),
        turns: &[
            Asks(r#"thank you for the request id. The key that arrived there ends in a **line break** (`%0A`), so it is not the key that you copied. This happens when a secret is made from a file:

```sh
# keeps the line break
kubectl create secret generic pc --from-file=key.txt
# does not
kubectl create secret generic pc --from-literal=key="$(tr -d '\n' < key.txt)"
```

Could that be it on the servers that fail?"#),
            Writes("Yes!! Two nodes had mounted the file. [[Embarrassing, but fixed in a minute.|All green now.]]"),
            Solves(r#"happens to the best. To spare the next one the search, our API will answer *"The key has white space around it"* in that case; the change goes out with the next release.

The old key ends by itself tonight, as you set it."#),
        ],
    },
    Story {
        subjects: &["403 with a key that should have access", "Key …%key% may read but not run prompts", "\"missing scope prompts:run\""],
        body: "The key we made for our [[partner|mobile backend|data team]] gets 403 on `POST /v1/prompts/%prompt%/run`:

> missing scope prompts:run

but I am sure that I ticked *everything*. Does it take a while?",
        desk: Api, category: TechnicalSupport, priority: Low, tags: &["api-keys", "scopes"], paper: None,
        turns: &[
            Solves(r#"scopes are effective at once, and they can't exceed what **the person who made the key** may do. You have the role *Viewer* in that project, so "everything" means everything a viewer may: reading.

Ask an owner of the project to make the key, or to make you an *Editor*. The page that creates keys will soon grey out what can't be given; until then I agree that it is misleading."#),
        ],
    },
    Story {
        subjects: &["Latency has doubled since %date%", "p95 of %prompt% is at %ms% ms", "Slow answers from the EU region"],
        body: "Since %date% our p95 for **%prompt%** went up to %ms% ms, with the same traffic and the same prompt. [[Time to first token is what grew.|Our own services are flat, see the picture.|It is worst between 13 and 16 UTC.]]

Request as an example: `%req%`",
        desk: Api, category: Bug, priority: High, tags: &["latency", "performance"], paper: Some(Paper::Shot),
        turns: &[
            Says("I compared your traffic before and after that day. Two things stand out:

- the answers of %model% start later by about 300 ms, for all customers in the region
- your prompt grew by %count% tokens with v%version% (the new examples)

The first is on our side and the provider's; the second costs about as much. I come back to you as soon as I know more about the first."),
            Notes("Provider confirms degraded capacity in the region, see %issue%. We route %pct2% % through the second region since noon."),
            Solves("the provider has added capacity and we moved a part of the traffic. Time to first token is back where it was; your p95 of the last six hours is well below the week before.

For the second half: switch on **prompt caching** for %prompt%. The examples stand before all variables, so nearly all of them can be cached, and cached tokens are faster and cost a tenth."),
        ],
    },
    Story {
        subjects: &["URGENT: 503 from the API since %time%", "Production down, all requests fail with 503", "API returns 503 upstream unavailable"],
        body: r#"Since %time% UTC **every request** to `/v1/prompts/%prompt%/run` fails:

```json
{"error": {"type": "upstream_unavailable", "status": 503, "request_id": "%req%"}}
```

Your status page is green. [[Our checkout depends on this.|We are losing customers by the minute.|This is our busiest day of the month.]]"#,
        desk: Api, category: Bug, priority: Urgent, tags: &["incident", "503"], paper: Some(Paper::Log),
        turns: &[
            Says(r#"we see it too and are on it. %model% does not answer in one of our two zones. The status page is being updated.

**What you can do this minute:** add a fallback, then requests go to another model when the first fails:

```json
{"prompt": "%prompt%", "fallback": ["%model2%"]}
```

I write again in 20 minutes at the latest."#),
            Notes("Incident channel is open. Affected: everyone with a project pinned to zone b. Traffic is moved by hand, see %issue%."),
            Says("traffic has been moved to the healthy zone, and your requests have succeeded for some minutes now. We keep watching before we call it over."),
            Solves("all clear. From %time% UTC on requests pinned to one zone failed because its gateway lost the connection to the provider; the health check asked the wrong address and stayed green.

- The check now sends a real request
- Projects are no longer pinned to a zone without a fallback
- The hours are counted against our promise of availability: the credit appears on your next invoice by itself

I am sorry for the trouble, and for the green page most of all."),
        ],
    },
    Story {
        subjects: &["API key leaked in a public repository", "We pushed a key to GitHub", "Please block key …%key%"],
        body: "[[A colleague|One of our contractors|I]] pushed a file with our API key (…%key%) to a **public** repository about an hour ago. The commit is gone, but we have to assume that somebody has it.

Can you block it and tell us whether it was used?",
        desk: Api, category: GeneralInquiry, priority: Urgent, tags: &["security", "api-keys", "leak"], paper: None,
        turns: &[
            Says("the key …%key% is **revoked** as of now. Your other keys are untouched.

I am going through its requests of the last 24 hours and compare them with the addresses you usually come from."),
            Notes("Secret scanning had flagged it 4 minutes after the push and mailed the owner, who is on holiday. Usage: nothing from unknown networks so far."),
            Solves("here is the result: between the push and the revocation there were %n% requests, **all from your own two networks**. Nobody else used it, and no data was read.

Next steps for you:

1. Make a new key and put it into your secret store, not into a file
2. Set *Keys → Allowed networks*, then a stolen key is of no use elsewhere
3. Add a second person under *Security contacts*: our scanner mailed the owner four minutes after the push, who seems to be away

Thank you for acting so quickly."),
        ],
    },
    Story {
        subjects: &["IP allow list for API keys", "Restrict keys to our networks", "Which addresses do your webhooks come from?"],
        body: "Our security team asks for two things before we go live:

- API keys that work only from our networks (%n% ranges, some IPv6)
- fixed source addresses for your webhooks, for our firewall

[[Is that available on our plan?|Where can I set this?]]",
        desk: Api, category: TechnicalSupport, priority: Low, tags: &["security", "network", "how-to"], paper: None,
        turns: &[
            Solves("both are there, on every paid plan:

**Keys:** *Project → Keys → Allowed networks*. One CIDR range a line, IPv4 and IPv6, up to 50. Requests from elsewhere get 403 with `network_not_allowed`.

**Webhooks:** they come from the ranges listed at `https://api.promptcraft.example/v1/meta/networks`, which changes with at least 30 days of notice; the mail goes to your *Technical contact*.

Please check the signature too: an address can be right and the sender still wrong."),
        ],
    },
];
