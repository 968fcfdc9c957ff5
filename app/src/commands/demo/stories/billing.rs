//! Invoices, plans and seats.

use super::{
    Desk, Paper, Story,
    Turn::{Asks, Notes, Says, Solves, Writes},
};
use tickets::{
    Category::{Billing, GeneralInquiry},
    Priority::{High, Low, Medium},
};

pub(super) const STORIES: &[Story] = &[
    Story {
        subjects: &["VAT number missing on invoice %invoice%", "Please correct invoice %invoice%", "Invoice without our VAT id"],
        body: "Invoice **%invoice%** over %amount% does not show our VAT number, so [[our accounting can't book it|the tax adviser sent it back]]. It should also say *%org%* with our full address. Could you issue a corrected one?",
        desk: Desk::Billing, category: Billing, priority: Medium, tags: &["invoices", "vat"], paper: None,
        turns: &[
            Asks("of course. Please send me the VAT number and the address exactly as they shall appear. If the number is valid, the corrected invoice is issued without VAT (reverse charge) and the difference is refunded."),
            Writes("Here you are:

> %org%
> attn. Accounts payable
> VAT: EU%count%0%n%

Thanks!"),
            Solves("thank you, the number is valid. I have

- cancelled **%invoice%** and issued a corrected invoice, to be found under *Settings → Billing → Invoices*
- stored the VAT number, so that future invoices are right from the start
- refunded the VAT; it will be on your card in 5 to 7 days"),
        ],
    },
    Story {
        subjects: &["Charged twice in %month%", "Two payments of %amount% on our card", "Double charge"],
        body: "Our card was charged **%amount%** twice on %date%, a few minutes apart. We have one workspace and one invoice (%invoice%). [[Please refund one of them.|Is one of them only a reservation?]]",
        desk: Desk::Billing, category: Billing, priority: High, tags: &["payments", "refund"], paper: Some(Paper::Shot),
        turns: &[
            Notes("Payment provider shows two attempts: the first without an answer, the second successful. The first was captured later. Refund started."),
            Solves("you are right, and I am sorry. The first attempt got no answer from the bank, so the system tried again; then the first came through after all.

The second payment has been **refunded** today. Depending on your bank it shows up within 3 to 7 days, often as a cancelled line rather than a credit. Your invoice %invoice% stays paid."),
        ],
    },
    Story {
        subjects: &["Removed users are still billed", "%seats% seats on the invoice, but we are fewer", "Seat count is wrong"],
        body: "The invoice of %month% lists **%seats% seats**. We removed %n% people in the middle of the month, see *Members*. [[Why do we still pay for them?|Do we have to do something besides removing them?]]",
        desk: Desk::Billing, category: Billing, priority: Medium, tags: &["seats", "invoices"], paper: Some(Paper::Table),
        turns: &[
            Solves("removing people frees their seats, but the number of seats you *pay* for stays until you lower it, so that you can give them to somebody else.

*Settings → Billing → Seats → Change*. The lower number counts from the next month on; the unused days of this month are credited if you have a yearly plan.

If you would rather have it follow your members automatically, tick **Match seats to members** on the same page. I can lower it for you right away, just tell me the number."),
            Writes("Please set it to the number of members and tick that box. I did not find it because [[I am not the owner|our owner is on parental leave]]."),
            Solves("done: the seats match your members from now on, and I credited the unused ones of %month% (%amount%) as a courtesy. I have sent the owner a short notice about the change, as we must."),
        ],
    },
    Story {
        subjects: &["Upgrade in the middle of the month", "How is the upgrade to Team calculated?", "Proration when changing plans"],
        body: "We would like to go from *Starter* to *Team* with %seats% seats, best today. How much will be charged now, and do we lose what we have paid for %month%? [[We need a number for the approval.|Yearly would be fine too.]]",
        desk: Desk::Billing, category: Billing, priority: Low, tags: &["plans", "upgrade"], paper: None,
        turns: &[
            Solves("nothing gets lost: the rest of the month on *Starter* is credited and *Team* is charged for the same days.

| | amount |
|---|---|
| Team, %seats% seats, rest of the month | %amount% |
| credit for Starter | − the unused share |
| from next month on | the full monthly price |

You see the exact figure under *Settings → Billing → Change plan* before you confirm; it holds for an hour, so you can have it approved. With a yearly plan two months are free."),
        ],
    },
    Story {
        subjects: &["Usage on the %month% invoice is %n% times higher", "Unexpected usage of %amount%", "Where does this usage come from?"],
        body: "Our usage in %month% is **%amount%**, about %n% times what we usually have. Nothing was launched. [[I suspect a loop somewhere.|Can you tell which key it was?]] Invoice: %invoice%.",
        desk: Desk::Billing, category: Billing, priority: High, tags: &["usage", "invoices"], paper: Some(Paper::Table),
        turns: &[
            Says("I broke it down for you. %pct% % of the month's tokens come from one key (…%key%) between two nights, always the same prompt, **%prompt%**, with the same input again and again. That does look like a loop with retries.

Does that key ring a bell?"),
            Writes("It is our nightly importer. It retried forever on an empty row. [[Fixed now.|We found the bug.]] Is there any chance of goodwill?"),
            Solves("since it is the first time and clearly an accident, I have credited **half of the excess**. It is on your account already.

Two settings that would have caught it on the first night:

1. *Project → Budget*: warn at 80 %, stop at 100 %
2. *Keys → Same input more than 100 times an hour*: alert

I switched on the warning (not the stop) for you."),
        ],
    },
    Story {
        subjects: &["Payment by bank transfer and purchase order", "Can we pay by invoice?", "Purchase order number on invoices"],
        body: "Our procurement does not allow credit cards. Can we pay %amount% a [[month|year]] by bank transfer, with our PO number on the invoice and 30 days to pay? [[Please also send your bank details and a W-8 or tax form.|Which documents do you need from us?]]",
        desk: Desk::Billing, category: Billing, priority: Low, tags: &["payments", "purchase-order"], paper: None,
        turns: &[
            Asks("yes, from the *Team* plan on with yearly payment. I need three things:

1. the PO number and where it shall stand
2. the mail address that invoices go to
3. the name of somebody in procurement, in case of questions"),
            Writes("1. PO-%count%-%n%, as reference
2. invoices@%domain%
3. That would be %colleague%."),
            Solves("all set. Your next invoice comes with the reference **PO-%count%-%n%**, goes to invoices@%domain% and is due after 30 days. Bank details are on the invoice, and the tax form is under *Settings → Billing → Documents*."),
        ],
    },
    Story {
        subjects: &["Cancel our subscription", "Downgrade to Free at the end of %month%", "How do I cancel?"],
        body: "We have to [[cut costs|pause the project]] and would like to cancel at the end of the month. What happens to our prompts and datasets, and can we come back later? I don't see a button for it.",
        desk: Desk::Billing, category: Billing, priority: Low, tags: &["plans", "cancellation"], paper: None,
        turns: &[
            Solves("I am sorry to see you go. *Settings → Billing → Change plan → Free*; only owners have that button.

- You keep everything until the end of the paid month
- After that prompts and datasets stay **readable and exportable**, for at least 12 months; runs and API are limited to what *Free* has
- Coming back is one click, nothing has to be set up again

*Settings → Export → Everything* gives you one archive, if you prefer to have it at home. And if you'd like to tell us what was missing, I will pass it on."),
        ],
    },
    Story {
        subjects: &["Discount for [[universities|non-profits|schools]]?", "Academic pricing", "Do you have a plan for research groups?"],
        body: "We are a [[research group at a university|small non-profit|school project]] with about %seats% people and little money. Do you have special conditions? [[We would publish our evaluation datasets openly.|We use PromptCraft for a course in the next term.]]",
        desk: Desk::Billing, category: GeneralInquiry, priority: Low, tags: &["plans", "discount", "pre-sales"], paper: None,
        turns: &[
            Solves("we do: **60 % off** the *Team* plan for teaching, research and registered non-profits, and free seats for students of a course.

Please apply at `https://promptcraft.example/community-plan` from your institutional address. It is checked by a person within two working days. Datasets that you publish get free evaluation credits on top."),
        ],
    },
    Story {
        subjects: &["Spending limit did not stop our usage", "Budget alert came too late", "Is there a hard limit for costs?"],
        body: "We set a budget of %amount% for the project and got the mail at 100 % [[a day later|in the middle of the night]], when we were at 130 %. I thought it would stop. How do we get a **hard** limit?",
        desk: Desk::Billing, category: Billing, priority: Medium, tags: &["budgets", "usage"], paper: None,
        turns: &[
            Solves("a budget *warns* by default; stopping is a choice, because for many a stopped production is worse than a bill.

*Project → Budget → When reached:* **Refuse requests**. Usage is counted every minute, so the overshoot is small. Requests then get `402 budget_reached`, which your code can catch.

You can set both: warn at 80 %, refuse at 120 %. The late mail is our fault (a queue was slow that night), so I credited what came after the 100 %."),
        ],
    },
];
