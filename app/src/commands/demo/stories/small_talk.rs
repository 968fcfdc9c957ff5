//! What is said around the matter itself: greetings, thanks, holding lines, notes.

/// How a request begins.
pub(in super::super) const OPENERS: &[&str] =
    &["", "", "Hi,\n\n", "Hello,\n\n", "Hi team,\n\n", "Hello PromptCraft team,\n\n", "Good morning,\n\n", "Hi there,\n\n", "Dear support,\n\n"];

/// How a request ends.
pub(in super::super) const CLOSERS: &[&str] = &[
    "",
    "",
    "",
    "\n\nThanks,\n%first%",
    "\n\nThank you!\n%first%",
    "\n\nBest regards,\n%name%\n%org%",
    "\n\nKind regards\n%first%",
    "\n\nCheers, %first%",
    "\n\nThanks in advance\n%name%",
    "\n\nBest,\n%first%",
];

/// How a first answer begins; its text goes on in lower case.
pub(in super::super) const GREETINGS: &[&str] = &["Hi %first%,\n\n", "Hello %first%,\n\n", "Dear %first%,\n\n"];

/// How answers end.
pub(in super::super) const SIGNATURES: &[&str] =
    &["", "\n\n%agent%", "\n\nBest,\n%agent%", "\n\nKind regards\n%agent%", "\n\nBest wishes from support\n%agent%"];

/// The customer is happy.
pub(in super::super) const THANKS: &[&str] = &[
    "That worked, thank you!",
    "Perfect, exactly what we needed. Thanks for the quick help!",
    "Works now. Thanks a lot, %agent%!",
    "Great answer, thank you. I shared it with the team.",
    "Thank you, %agent%. That explains it, and it works.",
    "Confirmed on our side: all good now. :)",
    "Brilliant, thanks! You can close this.",
    "Thanks for the detailed explanation. Problem solved.",
    "Ah, of course. Thank you!",
    "Just tried it, works like a charm.",
    "Many thanks! %colleague% tested it too and it is fine.",
    "That was it. Much appreciated.",
];

/// The agent is glad.
pub(in super::super) const WELCOMES: &[&str] = &[
    "Glad to hear it! I mark this as solved; a reply opens it again at any time.",
    "You are welcome, %first%. Have a good day!",
    "Happy to help. If it comes back, just answer here.",
    "Great, thank you for the feedback!",
    "Wonderful. I close this one then.",
];

/// Somebody else must act first.
pub(in super::super) const HOLDS: &[&str] = &[
    "I want to be sure before I give you a half-right answer, so I have asked the engineers who own this part. It is tracked as **%issue%**. I will write as soon as I have news, on Friday at the latest.",
    "a short update: we could reproduce it, and it needs a change on our side (**%issue%**). It is planned for the next release. I put this on hold until then and let you know.",
    "this needs a look by a colleague who is back on Monday. I have handed over all the details, so you won't have to explain anything twice.",
    "we are waiting for an answer of our provider on this. I ask again every day and keep you posted here.",
];

/// The agent asks for more.
pub(in super::super) const ASKS: &[&str] = &[
    "so that I look in the right place: could you send me a request id (it begins with `req_`) and the rough time of one example?",
    "could you tell me which project this is in, and whether it happens for everybody in your team or only for you?",
    "thank you for the description. Would you try it once more in a private window and send me what the page shows, perhaps with a screenshot?",
];

/// The agent asks for more, where nothing is broken.
pub(in super::super) const WISH_ASKS: &[&str] = &[
    "could you tell me a little more about what you have in mind, and by when you need it? Then I can give you an answer that fits.",
    "I want to give you the right answer at once: is this about one workspace or about several, and which plan are you on?",
    "thank you for your message. Who in your team may decide on this? I need the yes of an owner before I go on.",
];

/// The customer never answered the question.
pub(in super::super) const SILENCE: &[&str] = &[
    "I have not heard from you for some days, so I hope that it works by now and mark this as solved. If not, simply answer here and I am back on it.",
    "just tidying up: since there was no further news from you, I set this to solved. One line from you opens it again.",
];

/// Notes about something broken.
pub(in super::super) const BUG_NOTES: &[&str] = &[
    "Spoke to engineering: not related to the deployment of this week.",
    "I can reproduce this in the sandbox with %model%.",
    "Asked in #support-help, %issue% looks like the same thing.",
    "Checked the logs around %time% UTC: nothing unusual apart from what they describe.",
    "Could not reproduce it in my own workspace. It may need as much traffic as they have.",
];

/// Notes that fit everywhere.
pub(in super::super) const NOTES: &[&str] = &[
    "%org% renews next month, let's answer this one quickly.",
    "Third question of this kind this week. Worth an article?",
    "Same customer as last week, who was very patient then. Please be generous.",
    "The page in the docs is hard to find. I told the writers.",
    "%peer%, could you take over when I am off? Everything is in the thread.",
    "They asked something close to this in spring, the answer was the same.",
];

/// The customer gets impatient.
pub(in super::super) const NUDGES: &[&str] =
    &["Any news on this?", "Hi, just checking in on this. Our release depends on it.", "Is there an update? %colleague% is asking me every day now. :)"];

/// A question on a request that is closed already; it becomes a new one.
pub(in super::super) const ONCE_MORE: &[&str] = &[
    "Sorry to come back to this old one: we see the same again since yesterday, this time in another project. Could you have another look?",
    "A late question about this: does the same hold for our second workspace? We are about to set it up.",
    "Your answer from back then helped a lot. Now a colleague has the very same problem with **%prompt%**, and the steps do not help. Any idea?",
];

/// Its answer.
pub(in super::super) const ONCE_MORE_ANSWERS: &[&str] = &[
    "good that you wrote. The steps are the same, only the place differs: choose the other project at the top left first. I tried it in your workspace and it went through. Tell me if it does not for you.",
    "I had a look: the setting had not been carried over there. I have set it now, so please try again in a minute.",
];
