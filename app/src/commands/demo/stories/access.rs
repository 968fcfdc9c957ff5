//! Signing in, people, privacy.

use super::{
    Desk, Paper, Story,
    Turn::{Asks, Notes, Says, Solves, Writes},
};
use tickets::{
    Category::{Bug, GeneralInquiry, TechnicalSupport},
    Priority::{High, Low, Medium, Urgent},
};

pub(super) const STORIES: &[Story] = &[
    Story {
        subjects: &["SAML sign-in ends in a loop", "SSO: redirected to the sign-in page forever", "Can't sign in with [[Okta|Entra ID|Keycloak]] any more"],
        body: "Since [[this morning|%date%]] some of us are sent back and forth between PromptCraft and [[Okta|Entra ID|Keycloak]] until the browser gives up. About %n% people are concerned, the rest can sign in. Nothing changed on our side that I know of.

Domain: %domain%",
        desk: Desk::Api, category: Bug, priority: High, tags: &["saml", "sso", "sign-in"], paper: Some(Paper::Log),
        turns: &[
            Asks("thank you. In our log the failing sign-ins carry a `NameID` that is an **employee number**, the working ones a mail address. Could it be that the mapping was changed for new people? In your identity provider it is called *NameID format*."),
            Writes("You are right, IT started a migration and moved a group to the new scheme. They didn't tell anyone. What should it be?"),
            Solves("either is fine as long as it stays the same for a person. The simplest is:

- **NameID format:** `urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress`
- **email** attribute: the mail address

If IT wants to keep the number, map the address to the attribute `email` and choose *Match people by: email attribute* on our side (*Settings → Sign-in → SAML*). I have stopped the loop as such: a sign-in that can't be matched now ends with a page that says why."),
        ],
    },
    Story {
        subjects: &["SAML certificate expires on %date%", "New signing certificate for SSO", "How do we change the IdP certificate without downtime?"],
        body: "The signing certificate of our identity provider runs out soon. How do we change it **without locking out %seats% people**? [[Last time with another vendor it was a long night.|Can there be two at the same time?]]",
        desk: Desk::Api, category: TechnicalSupport, priority: Medium, tags: &["saml", "certificates", "how-to"], paper: None,
        turns: &[
            Solves("no long night needed, there can be two:

1. *Settings → Sign-in → SAML → Certificates → Add*: paste the new one. Both are valid now.
2. Switch to the new one in your identity provider.
3. Try it in a private window.
4. Remove the old one here.

As an emergency exit an owner can always sign in by a link from `https://app.promptcraft.example/recover`, even when SAML is enforced.

If you give us the *metadata URL* instead of a file, we fetch new certificates ourselves, twice a day."),
        ],
    },
    Story {
        subjects: &["SCIM does not remove people", "Deprovisioned user can still sign in", "Former employee still has access"],
        body: "%colleague% left us and was deactivated in [[Entra ID|Okta]], but is still listed as active in PromptCraft. SCIM is set up and *new* people do arrive. [[Our auditor found it.|That is a security problem for us.]]",
        desk: Desk::Api, category: Bug, priority: Urgent, tags: &["scim", "security", "provisioning"], paper: Some(Paper::Log),
        turns: &[
            Says("I treat this as urgent. First of all: I have **ended all sessions and keys** of that account, so there is no access any more. Now I look for the reason."),
            Notes(r#"IdP sends `PATCH active: "False"` as a string. We answer 200 and do nothing with it. %issue% has the failing request."#),
            Solves(r#"found and fixed: your identity provider sends `"active": "False"` as a *text*, our side expected a truth value and passed over it, with a polite 200.

Since an hour ago both are understood. I had all SCIM messages of the last 90 days for %org% checked again: %colleague% was the only one. The audit log shows **no sign-in** after the day of leaving.

If your auditor needs it in writing, I can send a signed statement."#),
        ],
    },
    Story {
        subjects: &["Owner lost the phone with the second factor", "Locked out: two-factor device gone", "Reset 2FA for our workspace owner"],
        body: "[[My phone was stolen|I changed my phone]] and with it went the authenticator. The recovery codes are, of course, on that phone. I am the only owner of %org%. How do I get in again?",
        desk: Desk::Billing, category: TechnicalSupport, priority: High, tags: &["2fa", "account-recovery"], paper: None,
        turns: &[
            Asks("that is annoying, we will get you in again. Because a mistake here would open the door to somebody else, we check in two ways:

1. Please add the TXT record `promptcraft-recovery=%req%` to the DNS of **%domain%**
2. A second member of your workspace confirms by replying to this request; add them as a copy

After that it takes us a few minutes."),
            Writes("The record is in place, and %colleague% is in copy and will confirm. [[Fingers crossed.|Thanks for being careful.]]"),
            Solves("both checks passed. The second factor is reset: sign in with your password, and you are asked to set up a new one at once.

My advice: add a **security key** as a second device and make one more person an owner. Then this can't happen again."),
        ],
    },
    Story {
        subjects: &["DPA and list of subprocessors", "SOC 2 report and data residency", "Security questionnaire for PromptCraft"],
        body: "Our [[data protection officer|security team|procurement]] needs before we can sign:

- a data processing agreement
- your list of subprocessors
- where our prompts and datasets are stored, and for how long
- whether anything is used to train models

[[A SOC 2 or ISO report would help as well.|There is also a questionnaire with %count% questions…]]",
        desk: Desk::Billing, category: GeneralInquiry, priority: Low, tags: &["privacy", "compliance", "pre-sales"], paper: None,
        turns: &[
            Solves("happy to help:

- **DPA:** under *Settings → Legal* you can sign it electronically, or send it to us on your own paper
- **Subprocessors:** `https://promptcraft.example/subprocessors`, changes are announced 30 days ahead
- **Storage:** in the region of the project, for as long as you set (default 90 days for requests; prompts and datasets until you delete them)
- **Training:** no. Neither we nor the providers, it is in the contracts

The SOC 2 Type II report is behind an NDA at the same place. Send the questionnaire, most of its questions are answered in our prepared one."),
        ],
    },
    Story {
        subjects: &["Export and delete all our data", "Please delete the workspace of %org%", "GDPR: deletion of a person's data"],
        body: "[[One of our users asks for deletion of their data.|A project has ended and the contract requires deletion.]] How do we delete all requests that contain a certain user id, including backups, and can we get a confirmation?

User id in the metadata: `u_%count%`",
        desk: Desk::Billing, category: TechnicalSupport, priority: Medium, tags: &["privacy", "gdpr", "exports"], paper: None,
        turns: &[
            Solves(r#"since you send the user id as metadata, it is one call:

```sh
curl -X POST https://api.promptcraft.example/v1/erasures \
  -H "Authorization: Bearer $PROMPTCRAFT_API_KEY" \
  -d '{"metadata": {"user": "u_%count%"}, "export_first": true}'
```

- first an archive with everything found, for your answer to the person
- then requests, traces and dataset rows are removed, within an hour
- backups run out after 30 days; an erasure is applied again if one is ever restored
- a signed confirmation is under *Settings → Legal → Erasures*"#),
        ],
    },
    Story {
        subjects: &["Invitations do not arrive", "Invited %n% colleagues, nobody got a mail", "Invitation mail missing"],
        body: "I invited %n% colleagues at %domain% yesterday and nobody has received anything, spam folders included. [[Our mail runs on Microsoft 365.|Inviting my private address works.]] Can you see what happens to these mails?",
        desk: Desk::Billing, category: TechnicalSupport, priority: Medium, tags: &["invitations", "mail"], paper: Some(Paper::Shot),
        turns: &[
            Solves("I can: your mail server accepts them and answers *quarantined by policy*. It is a rule of your organization for mails with links from new senders.

Either IT releases them and allows `mail.promptcraft.example` (SPF, DKIM and DMARC are in order), or you skip mail altogether:

*Members → Invite → Copy link* makes a link that works for addresses of **%domain%** only, for seven days."),
            Writes("The link did the job, everybody is in. [[Thank you!|IT will add the exception as well.]]"),
            Solves("wonderful, welcome to all of them!"),
        ],
    },
    Story {
        subjects: &["Move a project to another workspace", "Two workspaces after our merger", "Merge the workspaces of two teams"],
        body: "Through a [[merger|reorganization]] we have two workspaces and two invoices. We would like to move the projects of the smaller one (%n% projects, %seats% people) into the other, with history and keys if possible. [[Is there a tool for that, or can you do it?|Any downtime would have to be at night.]]",
        desk: Desk::Billing, category: GeneralInquiry, priority: Medium, tags: &["workspaces", "migration"], paper: None,
        turns: &[
            Says("we can do that for you, and without downtime: keys keep working, because they belong to the project. What moves and what doesn't:

| moves | stays |
|---|---|
| prompts, versions, labels | invoices |
| datasets, runs, graders | SAML settings |
| keys and webhooks | budgets of the workspace |

We need the yes of **an owner of each side**, here in this request."),
            Writes("As the owner of both: yes, please go ahead. [[Thursday night would be good.|Any time is fine.]]"),
            Solves("moved: %n% projects and %seats% people, in four minutes. I checked a request with one of the keys before and after. The old workspace is empty and cancelled as of today; you get the last invoice for it by mail."),
        ],
    },
];
