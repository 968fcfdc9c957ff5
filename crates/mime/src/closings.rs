//! Words at the end of a letter, and what tells how to reach somebody, in many languages.

use crate::fold::{digits, fold};

/// Closings, folded, without what follows.
#[rustfmt::skip]
const CLOSINGS: &[&str] = &[
    "best regards", "kind regards", "kindest regards", "warmest regards", "with kind regards", "regards", "warm regards", "best wishes", "all the best",
    "many thanks", "thanks", "thanks a lot", "thx", "ty", "thank you", "thank you very much", "cheers", "best", "sincerely", "sincerely yours",
    "yours sincerely", "yours faithfully", "yours truly", "yours", "respectfully", "br", "kr", "take care", "have a nice day", "thanks and regards",
    "thanks & regards", "with thanks", "with best regards", "cordially",
    "mit freundlichen grüßen", "mit freundlichen grüssen", "mit freundlichem gruß", "mit freundlichem gruss", "freundliche grüße", "freundliche grüsse",
    "freundlichen gruß", "viele grüße", "viele grüsse", "beste grüße", "beste grüsse", "mit besten grüßen", "mit besten grüssen", "mit vielen grüßen",
    "mit lieben grüßen", "liebe grüße", "liebe grüsse", "schöne grüße", "herzliche grüße", "herzliche grüsse", "sonnige grüße", "hochachtungsvoll", "gruß",
    "gruss", "grüße", "grüsse", "mfg", "lg", "vg", "danke", "vielen dank", "besten dank", "danke und gruß", "danke und grüße", "im auftrag",
    "cordialement", "bien cordialement", "très cordialement", "bien à vous", "bien à toi", "cdt", "cdlt", "merci", "merci d'avance", "sincères salutations",
    "salutations", "salutations distinguées", "meilleures salutations", "bonne journée", "bonne réception", "à bientôt", "amicalement", "respectueusement",
    "belle journée",
    "saludos", "un saludo", "un cordial saludo", "saludos cordiales", "cordiales saludos", "atentamente", "atte", "muy atentamente", "gracias",
    "muchas gracias", "gracias de antemano", "reciba un cordial saludo", "un abrazo", "quedo a la espera", "cordialmente", "salu2",
    "cordiali saluti", "distinti saluti", "saluti", "un saluto", "un cordiale saluto", "i migliori saluti", "grazie", "grazie mille", "grazie e saluti",
    "a presto", "buona giornata", "buon lavoro", "in fede",
    "met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet", "vriendelijke groeten", "met hartelijke groet", "hartelijke groeten",
    "groeten", "groet", "groetjes", "mvg", "bedankt", "alvast bedankt", "dank", "hoogachtend", "met groet",
    "atenciosamente", "att", "cumprimentos", "com os melhores cumprimentos", "melhores cumprimentos", "os meus cumprimentos", "cordialmente", "abraços",
    "abraço", "obrigado", "obrigada", "muito obrigado", "grato", "grata", "saudações", "respeitosamente",
    "pozdrawiam", "z poważaniem", "z wyrazami szacunku", "serdecznie pozdrawiam", "pozdrawiam serdecznie", "pozdrowienia", "dziękuję", "dzięki", "pozdr",
    "łączę pozdrowienia", "z pozdrowieniami",
    "с уважением", "с наилучшими пожеланиями", "всего доброго", "всего хорошего", "всего наилучшего", "спасибо", "заранее спасибо", "благодарю",
    "с благодарностью", "искренне ваш", "до свидания",
    "med vänliga hälsningar", "med vänlig hälsning", "vänliga hälsningar", "vänlig hälsning", "hälsningar", "bästa hälsningar", "mvh", "vh", "tack",
    "tack på förhand", "med hälsning", "hälsning",
    "med venlig hilsen", "venlig hilsen", "med venlige hilsner", "venlige hilsner", "bedste hilsner", "bedste hilsener", "de bedste hilsner", "hilsen",
    "mange hilsner", "kh", "kærlig hilsen", "tak", "på forhånd tak", "mange tak",
    "med vennlig hilsen", "vennlig hilsen", "med vennlige hilsener", "beste hilsen", "beste hilsener", "hilsning", "takk", "takk på forhånd",
    "på forhånd takk", "mange takk",
    "ystävällisin terveisin", "parhain terveisin", "terveisin", "terveiset", "yt", "kunnioittavasti", "kiitos", "kiitos etukäteen", "kiittäen", "t",
    "s pozdravem", "s úctou", "s přátelským pozdravem", "se srdečným pozdravem", "zdraví", "zdravím", "pozdrav", "děkuji", "děkuji předem", "předem děkuji",
    "díky", "hezký den", "hezky den", "přeji hezký den", "s pozdravom",
    "saygılarımla", "saygılarımızla", "iyi çalışmalar", "iyi günler", "teşekkürler", "teşekkür ederim", "sevgiler", "selamlar", "kolay gelsin",
    "en iyi dileklerimle",
    "此致", "此致敬礼", "敬礼", "敬禮", "祝好", "祝商祺", "顺祝商祺", "順祝商祺", "谢谢", "謝謝", "多谢", "敬上", "敬祝", "よろしくお願いします", "よろしくお願いいたします", "よろしくお願い致します", "宜しくお願いします",
    "宜しくお願い致します", "以上", "敬具", "何卒よろしくお願いいたします", "감사합니다", "고맙습니다", "안녕히 계세요", "드림", "수고하세요",
    "з повагою", "з найкращими побажаннями", "дякую", "щиро ваш", "всього найкращого", "με εκτίμηση", "φιλικά", "ευχαριστώ", "ευχαριστώ πολύ", "χαιρετισμούς",
    "με φιλικούς χαιρετισμούς", "üdvözlettel", "tisztelettel", "üdv", "köszönettel", "köszönöm", "kedvező válaszát várva", "cu stimă", "cu respect",
    "mulțumesc", "toate cele bune", "o zi bună", "cu considerație",
    "בברכה", "תודה", "תודה רבה", "בתודה", "בכבוד רב", "שלך", "مع التحية", "مع أطيب التحيات", "تحياتي", "مع خالص التحية", "شكرا", "شكراً", "شكرًا",
    "وتفضلوا بقبول فائق الاحترام", "مع الشكر", "مع الاحترام",
    "thanks so much", "thanks in advance", "many thanks in advance", "thank you so much", "thank you in advance", "have a great day", "have a good day",
    "talk soon", "warmly", "herzlichen dank", "lieben dank", "vielen lieben dank", "tausend dank", "danke schön", "dankeschön", "danke im voraus",
    "vielen dank im voraus", "besten dank im voraus", "schönen tag", "einen schönen tag", "schönen abend", "merci beaucoup", "merci par avance", "un grand merci",
    "avec mes remerciements", "bien amicalement", "bonne soirée", "bonne fin de journée", "mil gracias", "muchísimas gracias", "buen día", "que tenga buen día",
    "mille grazie", "tante grazie", "grazie in anticipo", "hartelijk dank", "heel erg bedankt", "dank je wel", "dank u wel", "veel dank", "fijne dag",
    "fijn weekend", "muito obrigada", "desde já obrigado", "z góry dziękuję", "dziękuję bardzo", "bardzo dziękuję", "miłego dnia", "большое спасибо",
    "хорошего дня", "stort tack", "tack så mycket", "tusen tack", "tusind tak", "tusen takk", "ha en fin dag", "kiitos paljon", "kiitoksia", "mukavaa päivää",
    "moc děkuji", "mockrát děkuji", "pěkný den", "çok teşekkürler", "çok teşekkür ederim", "非常感谢", "万分感谢", "ありがとうございます", "수고하십시오",
];
#[rustfmt::skip]
const PHONES: &[&str] = &[
    "tel", "tél", "telef", "telefon", "telefone", "telefono", "teléfono", "telephone", "mobile", "mobiltelefon", "mobilnummer", "telefax", "telefonnummer",
    "cellphone", "cellulare", "matkapuhelin", "telefonszám", "тел", "телефон", "мобильный", "мобільний", "τηλέφωνο", "κινητό", "téléphone", "telefoon",
    "phone", "ph", "mobil", "mobiel", "mob", "cell", "cel", "celular", "móvil", "movil", "fax", "fon", "fono", "handy", "direct", "durchwahl", "dw", "tlf",
    "tfno", "tfn", "puh", "puhelin", "gsm", "portable", "fixe", "kom", "komórka",
    "моб", "факс", "τηλ", "κιν", "טל", "נייד", "هاتف", "جوال", "موبايل", "电话", "電話", "手机", "手機", "携帯", "传真", "전화", "휴대폰", "연락처", "kvk", "ust", "cvr", "org",
    "nip", "ico", "ičo", "vat", "siret", "tva", "cnpj", "nif", "cif",
];
/// Other labels in such a block.
#[rustfmt::skip]
const LABELS: &[&str] = &[
    "e-mail", "email", "mail", "web", "internet", "http", "www", "skype", "adress", "address", "sitz", "handelsregister", "registergericht", "amtsgericht",
    "hrb", "geschäftsführ", "ust", "steuer", "p.iva", "p. iva", "c.f", "regon", "krs", "dič", "company", "registered", "linkedin", "e-post", "sähköposti",
    "correo", "courriel", "почта", "сайт", "邮箱", "邮件", "网址", "地址", "電郵", "メール", "住所", "이메일", "홈페이지", "주소", "דוא", "بريد", "пошта", "pošta",
];
#[rustfmt::skip]
const COMPANIES: &[&str] = &[
    " gmbh", " ag", " inc", " ltd", " llc", " llp", " plc", " corp", " kg", " ohg", " ug", " e.v", " e.k", " mbh", " s.a", " sa", " s.l", " sl", " sarl",
    " sàrl", " sas", " ab", " oy", " oyj", " b.v", " bv", " n.v", " nv", " s.r.l", " srl", " s.p.a", " spa", " sp. z o.o",
    " s. r. o", " s.r.o", " a.s", " a.ş", " a/s", " as", " asa", " aps", " lda", " ltda", " ltd. şti", " a.m.b.a", " kft", " zrt", " nyrt", " α.ε", " ο.ε",
    " s.c",
];
#[rustfmt::skip]
const FORMS: &[&str] = &["有限公司", "株式会社", "合同会社", "有限会社", "주식회사", "(주)", "ооо ", "зао ", "тов ", "пао ", "gmbh", "бв «", "בע\"מ", "ש.ב.מ", "شركة "];

/// "Kind regards", "Thanks a lot, everybody": what a name stands below.
pub(crate) fn is_closing(line: &str) -> bool {
    let folded = fold(line);
    let bare = folded.trim_end_matches([',', '.', '!', ';', ':', '~', '，', '。', '！', '、', ' ']);
    if CLOSINGS.contains(&bare) {
        return true;
    }
    // with a word more: "Grazie mille a tutti", "Saludos desde Madrid"
    let is_short = bare.split_whitespace().count() <= 6 && digits(bare) == 0 && !folded.ends_with(['?', '.', ':']);
    is_short
        && CLOSINGS.iter().any(|closing| {
            closing.chars().count() > 4 && *closing != "im auftrag" && bare.strip_prefix(closing).is_some_and(|rest| rest.starts_with([' ', ',', '!']))
        })
}

/// A site alone: "www.acme.example", `https://acme.example/`. An address with a path is somebody's matter.
pub(crate) fn is_site(line: &str) -> bool {
    let folded = fold(line);
    let last = folded.split_whitespace().next_back().unwrap_or_default().trim_matches(['<', '>', '(', ')']);
    let host = last.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
    folded.split_whitespace().count() <= 2 && (last.starts_with("http") || host.starts_with("www.")) && !host.contains(['/', '?', '#'])
}

/// "Server: web01" says something; "Tel.: …", "Web: …" and what law asks of companies do not.
pub(crate) fn is_told(line: &str) -> bool {
    let folded = fold(line);
    let Some((label, value)) = folded.split_once(':') else { return false };
    let is_known = |label: &str| PHONES.contains(&label) || LABELS.iter().any(|known| label.starts_with(known));
    let is_short = |label: &str| label.chars().count() <= 2;
    !value.starts_with("//")
        && !is_closing(line)
        && !is_known(label.trim_end_matches('.'))
        && !is_short(label)
        && !label.split([' ', '.', '-', '/', '|', '·', ',']).any(|word| PHONES.contains(&word))
}

/// A telephone number, an address, a company.
pub(crate) fn is_contact(line: &str) -> bool {
    let folded = fold(line);
    let is_number = folded.chars().all(|c| !c.is_alphabetic()) && folded.contains([' ', '-', '/', '(', '.']);
    let is_phone = digits(&folded) >= 6 && (folded.contains('+') || is_number || PHONES.iter().any(|word| leads_to_a_number(&folded, word)));
    let bare = folded.trim_end_matches('.');
    is_phone
        || folded.contains('@')
        || folded.contains(" | ")
        || folded.contains(" · ")
        || COMPANIES.iter().any(|form| bare.ends_with(form))
        || FORMS.iter().any(|form| folded.contains(form))
}

/// "Tel. 255 550 177 (…)": whatever follows, it is a number with its label.
pub(crate) fn is_labelled(line: &str) -> bool {
    let folded = fold(line);
    let Some((label, rest)) = folded.split_once([' ', '\t']) else { return false };
    let bare = label.trim_end_matches(['.', ':']);
    PHONES.contains(&bare) && (bare != label || rest.trim_start().starts_with(|c: char| c.is_ascii_digit() || "+(:".contains(c))) && digits(rest) >= 6
}

/// "Cell 555 0100", but not "cancelled 5550100" and not "direct debit 5550100".
fn leads_to_a_number(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let is_within = text.get(..at).and_then(|before| before.chars().next_back()).is_some_and(char::is_alphabetic);
        let mut after = text.get(at + word.len()..).unwrap_or_default().chars().take(6);
        !is_within && !after.clone().next().is_some_and(char::is_alphabetic) && after.any(|c| c.is_ascii_digit() || c == '+')
    })
}

/// The form of a company ends with a point, a sentence does too.
pub(crate) fn is_company(line: &str) -> bool {
    let folded = fold(line);
    let bare = folded.trim_end_matches('.');
    COMPANIES.iter().any(|form| bare.ends_with(form)) || bare.split_whitespace().next_back().is_some_and(|word| word.matches('.').count() > 1)
}
