//! What stands below a mail that nobody wrote for it: what phones add, and the sentences of lawyers.

use crate::fold::fold;

/// How what phones and programs write begins, folded; one of [`PRODUCTS`] stands in it too.
#[rustfmt::skip]
const DEVICES: &[&str] = &[
    "sent from ", "sent with ", "sent via ", "sent using ", "secured with ",
    "diese nachricht wurde von meine", "diese e-mail wurde von meine", "diese mail wurde von meine", "gesendet mit ", "gesendet von ", "gesendet über ",
    "gesendet aus ", "gesendet vom ", "gesichert mit ",
    "envoyé de mon ", "envoyé de ", "envoyé depuis ", "envoyé à partir d", "envoyé avec ", "envoyé via ", "sécurisé avec ", "sécurisé par ",
    "enviado desde ", "enviado do ", "enviado de ", "enviado a partir ", "enviado con ", "enviado com ", "enviado via ", "enviado vía ", "enviado pelo ",
    "enviada do ",
    "inviato da ", "inviato dal ", "inviato con ", "inviato tramite ", "inviata da ", "inviato dall", "verzonden vanaf ", "verstuurd vanaf ",
    "verzonden vanuit ", "verstuurd vanuit ", "verzonden met ", "verstuurd met ", "verzonden via ", "verstuurd via ",
    "wysłano z ", "wysłane z ", "wysłano za pomocą ", "wysłano przy użyciu ", "wysłano ze ", "wysłane ze ", "wysłane przy użyciu ", "отправлено с ",
    "отправлено из ", "отправлено через ", "отправлено со ",
    "skickat från ", "skickades från ", "skickat med ", "skickat via ", "sendt fra ", "sendt via ", "sendt med ", "send fra ", "lähetetty ", "odesláno z ",
    "odesláno ze ", "odesláno pomocí ", "odesláno přes ", "odeslané z ", "odoslané z ",
    "发自", "發自", "寄自", "来自 windows", "надіслано з ", "надіслано через ", "відправлено з ", "στάλθηκε από ", "αποστολή από ", "εστάλη από ", "trimis de pe ",
    "trimis din ", "trimis de la ", "trimis cu ", "trimis prin ", "poslano s ",
    "נשלח מ", "أرسلت من ", "أُرسلت من ", "مرسل من ", "تم الإرسال من ", "تم إرساله من ",
];
/// How it begins and ends.
#[rustfmt::skip]
const AROUND: &[(&str, &str)] = &[
    ("von meine", "gesendet"), ("mit meine", "gesendet"), ("从我的", "发送"), ("从我的", "发出"), ("從我的", "傳送"), ("從我的", "發送"), ("從我的", "寄出"), ("由我的", "傳送"),
    ("通过", "发送"),
    ("", "umdan gönderildi"), ("", "ımdan gönderildi"), ("", "imden gönderildi"), ("", "ümden gönderildi"), ("", "'dan gönderildi"), ("", "'den gönderildi"),
    ("", "ról küldve"), ("", "ről küldve"), ("", "から送信"), ("", "에서 보냄"), ("", "에서 보냈습니다"), ("", "에서 보낸 메일"),
    ("outlook für", "beziehen"), ("outlook für", "herunterladen"), ("laden sie outlook", "herunter"), ("outlook voor", "downloaden"), ("outlook for", "を入手"),
    ("outlook for", "다운로드"), ("outlook for", "받기"), ("outlook for", "edinin"), ("", "outlook'u edinin"), ("", "outlook'u indirin"), ("", "outlook letöltése"),
    ("", "outlook beszerzése"),
];
/// "Get Outlook for Android", in other words.
#[rustfmt::skip]
const OFFERS: &[&str] = &[
    "get ", "download ", "holen sie sich ", "télécharge", "obten", "obtén ", "descargar ", "obter ", "baix", "ottieni ", "scarica ", "haal ", "pobierz ",
    "uzyskaj ", "получить ", "получите ", "скачать ", "hämta ", "skaffa ", "hent ", "skaff deg ", "få ", "last ned ", "hanki ", "lataa ", "získ", "stáhn",
    "获取 ", "取得 ", "下载 ", "獲取 ", "отримати ", "отримайте ", "завантажити ", "λήψη ", "κατεβάστε ", "descărcați ", "obțineți ", "קבל ", "השג ", "הורד ",
    "احصل ", "الحصول ",
];
/// Things that send mail, folded.
#[rustfmt::skip]
const PRODUCTS: &[&str] = &[
    "iphon", "ipad", "ipod", "apple", "android", "galaxy", "samsung", "outlook", "yahoo", "proton", "tuta mail", "tutanota", "spark", "huawei", "xiaomi",
    "redmi", "oppo", "realme", "mail for ", "mail für ", "mail app", "mail-app", "mail.ru", "k-9", "gmail", "fastmail", "hotmail", "bluemail", "airmail",
    "mailbird", "em client", "mailspring",
    "mobile", "mobil", "móvil", "movil", "celular", "cellulare", "phone", "handy", "telefon", "telefoon", "telefono", "teléfono", "téléphone", "puhelime",
    "komórk", "телефон", "smartphone", "tablet", "gmx", "web.de", "libero", "orange", "freenet", "pixel", "oneplus", "motorola", "nokia", "xperia",
    "blackberry", "windows", "thunderbird", "fairemail", "roundcube", "zoho", "vivaldi",
    "手机", "手機", "華為", "华为", "小米", "携帯", "スマート", "휴대폰", "갤럭시", "아이폰", "айфон", "הטלפון", "הנייד", "أيفون", "الآيفون", "هاتفي", "جوالي", "κινητό", "мобильн",
    "мобільн",
];
/// What the sentences of lawyers hold, and nothing else does, folded.
#[rustfmt::skip]
const LAWYERS: &[&str] = &[
    "confidentiality notice", "this e-mail and any attach", "this email and any attach", "this e-mail and any files", "this email and any files",
    "this message and any attach", "this message is intended only",
    "this email is confidential", "this e-mail is confidential", "this email is intended", "this e-mail is intended", "the information contained in this",
    "not the intended recipient", "this communication is confidential",
    "you received this message because you are subscribed", "you're receiving this email because", "you are receiving this because",
    "to unsubscribe from this group", "to unsubscribe from this list", "to unsubscribe send an", "to unsubscribe, send", " mailing list -- ",
    "diese nachricht wurde an die liste", "pour vous désabonner", "um dich abzumelden",
    "registered in england", "please consider the environment", "think before you print", 
    "diese e-mail enthält vertrauliche", "diese e-mail kann vertrauliche", "diese nachricht ist vertraulich", "diese nachricht enthält vertraul",
    "diese nachricht kann vertraul", "nicht der richtige adressat",
    "nicht der beabsichtigte empfänger", "nicht der vorgesehene empfänger", "nicht der richtige empfänger", "denken sie an die umwelt",
    "bitte prüfen sie, ob diese mail wirklich",
    "ce message et toutes les pièces", "ce message et ses pièces", "ce message et les pièces", "ce courriel et ses pièces", "ce courriel et les pièces",
    "ce message est confidentiel", "ce courriel est confidentiel",
    "l'intention exclusive", "si vous n'êtes pas le destinataire", "pensez à l'environnement", "pensez à la planète", "n'imprimez ce message que",
    "este mensaje y sus archivos adjuntos", "este mensaje y los ficheros", "este mensaje y, en su caso", "este correo electrónico y sus",
    "este correo electrónico y cualquier", "este mensaje es confidencial", "este mensaje se dirige exclusivamente",
    "este mensaje va dirigido", "si usted no es el destinatario", "si no es usted el destinatario", "si no es el destinatario", "piense en el medio ambiente", 
    "le informamos de que sus datos", "le informamos que sus datos", "aviso de confidencialidad", 
    "le informazioni contenute in questa", "le informazioni contenute in questo", "le informazioni contenute nella presente",
    "le informazioni contenute nel presente", "le informazioni trasmesse", "questo messaggio è riservato", "questo messaggio e i suoi allegati",
    "questa e-mail e i suoi allegati", "questo messaggio e gli eventuali", "questa e-mail è riservata",
    "pensa all'ambiente", "prima di stampare questa", "prima di stampare, pensa",
    "dit bericht is vertrouwelijk", "dit e-mailbericht", "dit bericht is uitsluitend", "dit bericht kan vertrouwelijke", "deze e-mail is vertrouwelijk",
    "deze e-mail is uitsluitend", "deze e-mail kan vertrouwelijke", "deze e-mail en eventuele bijlagen", "niet de geadresseerde bent",
    "niet de beoogde ontvanger", "geen rechten worden ontleend", "denk aan het milieu",
    "esta mensagem pode conter", "esta mensagem é confidencial", "esta mensagem destina-se", "esta mensagem e seus anexos", "esta mensagem e quaisquer",
    "este e-mail e seus anexos", "este e-mail é confidencial", "caso não seja o destinatário", "se não for o destinatário", "pense no meio ambiente",
    "aviso de confidencialidade",
    "ta wiadomość jest przeznaczona", "ta wiadomość może zawierać informacje", "wiadomość ta jest przeznaczona", "nie są państwo adresatem",
    "nie jesteś adresatem", "nie jest pan/pani adresatem", "administratorem danych osobowych jest", "administratorem państwa danych",
    "administratorem pani/pana", "pomyśl o środowisku", "zanim wydrukujesz", "treść tej wiadomości zawiera", "niniejsza wiadomość zawiera",
    "данное сообщение предназначено", "данное сообщение и любые", "это сообщение и любые", "это сообщение предназначено", "не являетесь адресатом",
    "не являетесь предполагаемым", "подумайте об окружающей", "уведомление о конфиденциальности", "содержит конфиденциальную информацию",
    "detta meddelande är konfidentiellt", "detta meddelande är endast avsett", "detta meddelande är avsett", "detta meddelande och eventuella",
    "inte är den avsedda mottagaren", "inte är rätt mottagare", "tänk på miljön", "så här behandlar vi personuppgifter", "läs mer om hur vi behandlar",
    "denne e-mail og eventuelle", "denne e-mail er fortrolig", "denne mail er fortrolig", "denne meddelelse er fortrolig",
    "denne e-mail kan indeholde fortrolig", "denne mail kan indeholde fortrolig", "ikke er den rette modtager", "ikke er den tiltænkte modtager",
    "tænk på miljøet",
    "denne e-posten og eventuelle", "denne e-posten er konfidensiell", "denne e-posten kan inneholde", "denne meldingen er konfidensiell",
    "denne meldingen og eventuelle", "ikke er rette mottaker", "ikke er den tiltenkte mottaker", "tenk på miljøet",
    "tämä viesti on luottamuksellinen", "tämä viesti on tarkoitettu", "tämä viesti ja sen liitteet", "tämä sähköposti ja sen", "tämä sähköpostiviesti ja sen",
    "ette ole viestin tarkoitettu", "ajattele ympäristöä",
    "tato zpráva je určena", "tato zpráva je důvěrná", "tento e-mail je určen", "tento e-mail a jakékoli", "tento e-mail a všechny",
    "tento e-mail a jeho přílohy", "nejste zamýšleným", "nejste-li zamýšleným", "myslete na životní prostředí", "chraňte životní prostředí",
    "bu e-posta ve ekleri", "bu e-posta mesajı ve", "bu mesaj ve ekleri", "bu elektronik posta ve", "mesajın alıcısı değilseniz", "alıcısı değilseniz",
    "çevreyi düşün",
    "本邮件及其附件", "本邮件及附件", "此邮件及其附件", "本郵件及其附件", "此電子郵件及", "保密声明", "免责声明", "免責聲明", "保密聲明", "请考虑环境", "このメールおよび添付", "このメール及び添付", "本メールおよび添付", "本メール及び添付", "誤って受信され",
    "이 메일은 지정된", "본 메일은 지정된", "본 메일은 수신", "본 메일에 포함된", "이 메일에 포함된", "의도된 수신자가 아",
    "це повідомлення та будь-які", "це повідомлення призначен", "це повідомлення є конфіденційн", "цей лист є конфіденційн", "якщо ви не є адресатом",
    "σκεφτείτε το περιβάλλον",
    "ez az üzenet bizalmas", "ez az e-mail és", "nem ön a címzett", "gondoljon a környezet", "acest mesaj este confidențial", "nu sunteți destinatarul",
    "gândiți-vă la mediu",
    "הודעה זו מיועדת", "הודעה זו והקבצים", "המידע הכלול בהודעה", "أي مرفقات معها", "هذه الرسالة ومرفقاتها", "هذه الرسالة وأي مرفقات", "إشعار السرية",
    "إخلاء مسؤولية", "إخلاء المسؤولية",
];
/// How they call the mail, folded. Two of [`SECRETS`] must stand beside it.
#[rustfmt::skip]
const MAILS: &[&str] = &[
    "this e-mail", "this email", "this message", "this communication", "this transmission", "diese e-mail", "diese nachricht", "dieser e-mail",
    "dieser nachricht", "diese mail", "ce message", "ce courriel", "cet e-mail", "este mensaje", "este correo",
    "questo messaggio", "questa e-mail", "presente messaggio", "presente e-mail", "presente comunicazione", "dit bericht", "deze e-mail", "deze mail",
    "esta mensagem", "este e-mail", "nesta mensagem", "neste e-mail",
    "ta wiadomość", "tej wiadomości", "niniejsza", "niniejszej", "сообщение", "это письмо", "данное письмо", "сообщении", "detta meddelande", "detta e-post",
    "detta mejl", "denna e-post", "denne e-mail", "denne mail", "denne meddelelse", "denne besked",
    "denne e-post", "denne meldingen", "tämä viesti", "tämän viestin", "tämä sähköposti", "tato zpráva", "této zprávy", "tento e-mail", "tento email",
    "tohoto e-mailu", "bu e-posta", "bu ileti", "bu mesaj", "bu elektronik", "bu e-mail",
    "本邮件", "此邮件", "本电子邮件", "此电子邮件", "本電子郵件", "本郵件", "此郵件", "本信件", "このメール", "本メール", "この電子メール", "本電子メール", "이 메일", "본 메일", "이 메시지", "본 이메일", "이 이메일", "본 메시지",
    "це повідомлення", "цей лист", "цей електронний", "αυτό το μήνυμα", "μήνυμα αυτό", "παρόν μήνυμα", "παρόν ηλεκτρονικό", "jelen üzenet", "jelen e-mail",
    "jelen levél", "αυτό το email", "ez az üzenet", "ez az e-mail", "ez a levél", "acest mesaj", "acest e-mail", "acest email", "prezentul mesaj",
    "הודעה זו", "דואר אלקטרוני זה", "هذه الرسالة", "هذا البريد",
];
/// What they fear for, folded.
#[rustfmt::skip]
const SECRETS: &[&str] = &[
    "confidential", "privileged", "recipient", "addressee", "vertraulich", "adressat", "empfänger", "confidentiel", "destinataire", "confidencial",
    "riservat", "confidenzial", "gdpr", "rgpd", "lopd", "lgpd", "dsgvo", "kvkk",
    "vertrouwelijk", "geadresseerde", "ontvanger", "uitsluitend bestemd", "ten onrechte", "poufn", "adresat", "odbiorc", "конфиденциальн", "адресат",
    "получател", "konfidentiell", "mottagare", "fortrolig", "modtager", "konfidensiell", "mottaker", "luottamuksel",
    "vastaanottaja", "důvěrn", "adresát", "příjemc", "gizli", "alıcı", "机密", "保密", "機密", "收件人", "收件者", "商业秘密", "受信者", "宛先", "破棄", "기밀", "수신인", "수신자",
    "конфіденційн", "одержувач", "отримувач", "εμπιστευτικ", "παραλήπτ", "αποδέκτ",
    "bizalmas", "címzett", "confidențial", "destinatar", "חסוי", "נמען", "סודי", "سرية", "المستلم", "المرسل إليه", "للمستلم",
];

/// A lawyer speaks in at most so many lines.
const LONGEST: usize = 80;

/// "Sent from my iPhone", in many languages.
pub(crate) fn is_device(line: &str) -> bool {
    if line.char_indices().nth(90).is_some() || line.trim_end().ends_with(['?', '!', ',', '？', '！']) {
        return false;
    }
    let folded = fold(line.trim().trim_start_matches(['*', '<', '[', '(', '_', '-', ' ']));
    let bare = folded.trim_end_matches(['.', '。', '*', '>', ']', ')', '_', ' ']);
    let longest = if bare.starts_with("diese ") { 12 } else { 8 };
    if bare.split_whitespace().count() > longest {
        return false;
    }
    let begins = |words: &[&str]| words.iter().any(|word| bare.starts_with(word));
    let is_offered =
        || begins(OFFERS) && ["ios", "android", "iphone", "mac", "macos", "windows", "desktop"].iter().any(|end| bare.ends_with(&format!(" {end}")));
    let is_sent = || begins(DEVICES) || AROUND.iter().any(|(begin, end)| bare.starts_with(begin) && bare.ends_with(end));
    is_offered() && (bare.contains("outlook") || bare.contains(" for ")) || is_sent() && PRODUCTS.iter().any(|product| names(bare, product))
}

/// A product, not within another word where a script has words.
fn names(text: &str, product: &str) -> bool {
    let is_latin = product.starts_with(|c: char| c < '\u{370}');
    text.match_indices(product)
        .any(|(at, _)| !(is_latin && text.get(..at).and_then(|before| before.chars().next_back()).is_some_and(|c| c.is_alphabetic() && c < '\u{370}')))
}

/// Where the last paragraphs that are a lawyer's begin. `is_below`: a signature stands above, so they may be all there is.
pub(crate) fn without_lawyers(lines: &[&str], mut end: usize, is_below: bool) -> usize {
    loop {
        let from = lines.iter().take(end).rposition(|line| line.trim().is_empty()).map_or(0, |blank| blank + 1);
        let Some(begin) = lawyer(lines.get(from..end).unwrap_or_default()).map(|at| from + at).filter(|begin| is_below || *begin > 0) else {
            return end;
        };
        end = trimmed(lines, begin);
        if lines.get(end.saturating_sub(1)).is_some_and(|line| is_rule(line) || line.trim() == "--") {
            end = trimmed(lines, end - 1);
        }
        if end == 0 {
            return 0;
        }
    }
}

/// The line of a paragraph at which a lawyer begins to speak: what stands right above may be a closing or a name.
fn lawyer(paragraph: &[&str]) -> Option<usize> {
    let skipped = paragraph.len().saturating_sub(LONGEST);
    let paragraph = paragraph.get(skipped..)?;
    let last = paragraph.last()?.trim();
    // a question is nobody's footer
    if last.ends_with(['?', '？']) {
        return None;
    }
    let folded: Vec<String> = paragraph.iter().map(|line| fold(line)).collect();
    let joined = folded.join(" ");
    let is_guarded = SECRETS.iter().filter(|word| joined.contains(**word)).count() > 1;
    let holds = |text: &str| LAWYERS.iter().any(|words| text.contains(words)) || is_guarded && MAILS.iter().any(|words| text.contains(words));
    let said = (0..folded.len()).find(|at| {
        let line = folded.get(*at).map(String::as_str).unwrap_or_default();
        let next = folded.get(at + 1).map(String::as_str).unwrap_or_default();
        holds(line) || !next.is_empty() && !holds(next) && holds(&format!("{line} {next}"))
    })?;
    // wrapped by hand: one piece
    let count = |at: usize| paragraph.get(at).map_or(0, |line| line.chars().count());
    let is_wrapped = |at: usize| (50..=80).contains(&count(at));
    let is_long = paragraph.iter().skip(said).map(|line| line.chars().count()).sum::<usize>() >= 25;
    is_long.then(|| (0..said).rev().take_while(|at| is_wrapped(*at)).last().unwrap_or(said) + skipped)
}

pub(crate) fn trimmed(lines: &[&str], mut end: usize) -> usize {
    while end > 0 && lines.get(end - 1).is_some_and(|line| line.trim().is_empty()) {
        end -= 1;
    }
    end
}

/// A line of nothing but a drawn line.
pub(crate) fn is_rule(line: &str) -> bool {
    line.trim().chars().count() > 2 && line.trim().chars().all(|c| matches!(c, '_' | '-' | '*' | '=' | '━' | '─' | '—' | '–' | '+' | '~' | '·'))
}
