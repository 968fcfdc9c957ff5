//! Webhooks and the rest of the HTTP API.

use super::{
    Desk::Api,
    Paper, Story,
    Turn::{Asks, Notes, Says, Solves, Writes},
};
use tickets::{
    Category::{Bug, FeatureRequest, TechnicalSupport},
    Priority::{High, Low, Medium},
};

pub(super) const STORIES: &[Story] = &[
    Story {
        subjects: &["Webhook signature does not match", "Can't verify X-PromptCraft-Signature", "HMAC of webhooks is always different"],
        body: r#"We verify your webhooks like this and it never matches:

```js
app.use(express.json());
app.post("/hooks/promptcraft", (req, res) => {
  const mac = crypto.createHmac("sha256", secret).update(JSON.stringify(req.body)).digest("hex");
  if (mac !== req.get("X-PromptCraft-Signature")) return res.sendStatus(401);
  // …
});
```

[[The secret is right, I checked twice.|What do we do wrong?]]"#,
        desk: Api, category: TechnicalSupport, priority: Medium, tags: &["webhooks", "signature"], paper: None,
        turns: &[
            Solves(r#"very close! The signature is over the **raw bytes** that we sent, and `JSON.stringify` of the parsed body gives other bytes (spaces, order, escapes). And the header has two parts, `t=…,v1=…`.

```js
app.post("/hooks/promptcraft", express.raw({ type: "application/json" }), (req, res) => {
  const parts = Object.fromEntries(req.get("X-PromptCraft-Signature").split(",").map((p) => p.split("=")));
  const mac = crypto.createHmac("sha256", secret).update(`${parts.t}.`).update(req.body).digest();
  const sent = Buffer.from(parts.v1, "hex");
  if (sent.length !== mac.length || !crypto.timingSafeEqual(sent, mac)) return res.sendStatus(401);
  const event = JSON.parse(req.body);
  res.sendStatus(204);
});
```

Please also refuse events whose `t` is older than five minutes. Or let the SDK do all of it: `promptcraft.webhooks.verify(req.body, header, secret)`."#),
        ],
    },
    Story {
        subjects: &["Webhooks are delivered twice", "Duplicate run.finished events", "Same webhook arrives up to %n% times"],
        body: "For run `%run%` we received `run.finished` [[twice|three times]] within a minute, and our handler [[sent the report to the client each time|created duplicate rows]]. Is that normal?

Our log of that minute is attached.",
        desk: Api, category: TechnicalSupport, priority: Medium, tags: &["webhooks", "duplicates"], paper: Some(Paper::Log),
        turns: &[
            Solves("it is by design: webhooks come **at least once**. If we don't get a 2xx within 10 seconds we send again, with the same `id`. Your log shows that the handler answered after 14 s, so we had to assume that it was lost.

1. Answer at once (`204`), work afterwards in a queue
2. Remember the `id` of events for a day and pass over known ones:

```sql
INSERT INTO seen_events (id) VALUES ($1) ON CONFLICT DO NOTHING
```

If no row was inserted, you have had it already."),
        ],
    },
    Story {
        subjects: &["Webhooks stopped arriving on %date%", "No webhook since the weekend", "Endpoint was disabled without notice"],
        body: "Since %date% no webhook has arrived at `https://hooks.%domain%/promptcraft`. [[Nothing changed on our side.|Other services can reach it.]] In your dashboard the endpoint is grey. Did you switch it off?",
        desk: Api, category: Bug, priority: High, tags: &["webhooks", "disabled-endpoint"], paper: Some(Paper::Shot),
        turns: &[
            Asks("an endpoint is paused when every delivery fails for three days. In your case the reason was

> TLS: certificate has expired

Was the certificate renewed in the meantime? We see the new one only after a restart of some web servers."),
            Writes("It was renewed, but nginx had never been reloaded. [[Done now.|Fixed, sorry.]] Are the events of these days lost?"),
            Solves("not at all, we keep them for 14 days. I have switched the endpoint on again and started *Replay since %date%*: %count% events, in their order, at five a second. You can follow it under *Webhooks → Deliveries*.

The mail about the pause went to an address that no longer exists in your workspace. Please set a new *Technical contact*."),
        ],
    },
    Story {
        subjects: &["CORS error when calling the API from the browser", "\"blocked by CORS policy\" in our web app", "Calling PromptCraft from a front end"],
        body: "Calling `/v1/prompts/%prompt%/run` with fetch from our [[React|Vue|Svelte]] app gives

```
Access to fetch at 'https://api.promptcraft.example/…' has been blocked by CORS policy
```

With curl it works. Which origin do we have to allow, and where?",
        desk: Api, category: TechnicalSupport, priority: Low, tags: &["cors", "browser", "how-to"], paper: None,
        turns: &[
            Solves(r#"this is on purpose: a key in a web page can be read by every visitor, so our API does not talk to browsers with such keys. Two good ways:

**Through your server** (best): a small route that adds the key and checks who asks.

**With a short-lived token:** your server makes one, good for a single prompt and a few minutes:

```sh
curl -X POST https://api.promptcraft.example/v1/client-tokens \
  -H "Authorization: Bearer $PROMPTCRAFT_API_KEY" \
  -d '{"prompt": "%prompt%", "origin": "https://app.%domain%", "ttl_seconds": 300}'
```

Requests with such a token are allowed from that origin.

If a key has already been in a page, please revoke it."#),
        ],
    },
    Story {
        subjects: &["Duplicate runs when a request is retried", "Does the API support idempotency keys?", "Retry after timeout starts a second evaluation"],
        body: "Our network is [[not the best|a bit shaky]]. When a `POST /v1/runs` times out we send it again, and in %n% cases the first one had worked after all: two evaluations, twice the cost. [[Is there something like an idempotency key?|How should we retry safely?]]",
        desk: Api, category: TechnicalSupport, priority: Medium, tags: &["api", "idempotency"], paper: Some(Paper::Log),
        turns: &[
            Solves("yes, exactly that:

```http
POST /v1/runs
Idempotency-Key: nightly-%dataset%-%req%
```

The same key with the same body gives the same answer for 24 hours, whether the first try got through or not. Another body with that key is refused with 422, so a mix-up is noticed.

The SDKs do it on their own when you set `retries`. I have credited the double evaluations that I found in your usage (%amount%)."),
        ],
    },
    Story {
        subjects: &["Pagination skips entries", "List of requests: duplicates between pages", "Cursor of /v1/requests seems broken"],
        body: "We read all requests of a day with `GET /v1/requests?page=2&limit=100` and so on. Some appear twice, some never. [[It is worse during office hours.|We need it for billing, so it has to be complete.]]",
        desk: Api, category: Bug, priority: Medium, tags: &["api", "pagination"], paper: Some(Paper::Table),
        turns: &[
            Solves("`page` counts from the newest entry, and while you read new ones push the others down: what was the last on page 1 becomes the first on page 2. That is why it is marked *deprecated*. The cursor does not have that problem:

```python
cursor = None
while True:
    page = client.requests.list(day=day, limit=100, cursor=cursor)
    store(page.items)
    cursor = page.next_cursor
    if cursor is None:
        break
```

For a whole day there is also `GET /v1/exports/requests/{day}`, one compressed file, ready at 00:30 UTC."),
        ],
    },
    Story {
        subjects: &["413 when sending images", "Upload limit for vision prompts", "Payload too large with %n% pictures"],
        body: "**%prompt%** reads photos of [[invoices|damaged parcels|shelves]]. With more than %n% photos in a request we get

```
413 Payload Too Large: the limit is 20 MB
```

[[Phones make photos of 5 MB each.|Can the limit be raised?|Is there another way to hand over files?]]",
        desk: Api, category: TechnicalSupport, priority: Low, tags: &["vision", "uploads", "413"], paper: Some(Paper::Shot),
        turns: &[
            Solves(r#"the limit is on the body of one request, and base64 makes it a third larger. Upload the pictures first and name them:

```python
photo = client.files.upload(open("shelf.jpg", "rb"))
client.run("%prompt%", variables={"photos": [photo.id]})
```

Files may have 100 MB each and are deleted after 24 h unless you say otherwise. And you can save a lot: models look at about 1,500 pixels a side, anything larger is scaled down anyway. `client.files.upload(..., resize=1568)` does that before sending."#),
        ],
    },
    Story {
        subjects: &["Webhook when a prompt version is published", "Event prompt.published", "Notify our Slack when someone changes %prompt%"],
        body: "We would like to get a webhook (or a message in Slack) when a version of a prompt goes live. The list of events has only `run.*`. [[For us it matters who published what.|Our change management asks for it.]]",
        desk: Api, category: FeatureRequest, priority: Low, tags: &["webhooks", "idea"], paper: None,
        turns: &[
            Says("that is a sensible wish, and the information is there already: `GET /v1/audit?type=prompt.published` lists who, what and when. A small job that asks every minute does it for now.

I have passed on the idea of pushing it, with your reason."),
            Notes("Product says yes: the audit log becomes an event source, %issue%."),
            Solves("it was quicker than I dared to hope: **prompt.published**, **prompt.label_moved** and **prompt.deleted** can be chosen under *Webhooks → Events*. The body has the person, both versions and a link to the difference.

For Slack choose *Format: Slack* and paste the address of your channel's incoming webhook."),
        ],
    },
];
