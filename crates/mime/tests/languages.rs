//! What common clients write around an answer, in each language: only the answer and its closing stay.

use mime::parse;

/// The words of clients in a language.
struct Words {
    name: &'static str,
    closing: &'static str,
    /// From, sent, to, subject and a moment.
    head: [&'static str; 5],
    ruler: &'static str,
    forward: &'static str,
    device: &'static str,
    gmail: &'static str,
    lawyer: &'static str,
}

#[rustfmt::skip]
const ALL: &[Words] = &[
    Words { name: "en", closing: "Kind regards", head: ["From", "Sent", "To", "Subject", "Tuesday, June 9, 2026 4:40 PM"], ruler: "Original message", forward: "Begin forwarded message:", device: "Sent from my iPhone",
        gmail: "On Tue, 9 Jun 2026 at 16:40, MIRA wrote:", lawyer: "This e-mail is confidential and meant for the named recipient alone." },
    Words { name: "de", closing: "Mit freundlichen Grüßen", head: ["Von", "Gesendet", "An", "Betreff", "Dienstag, 9. Juni 2026 16:40"], ruler: "Ursprüngliche Nachricht", forward: "Anfang der weitergeleiteten Nachricht:", device: "Von meinem iPhone gesendet",
        gmail: "Am Di., 9. Juni 2026 um 16:40 Uhr schrieb MIRA:", lawyer: "Diese E-Mail enthält vertrauliche Informationen und ist nur für den Empfänger bestimmt." },
    Words { name: "es", closing: "Un cordial saludo", head: ["De", "Enviado el", "Para", "Asunto", "martes, 9 de junio de 2026 16:40"], ruler: "Mensaje original", forward: "Inicio del mensaje reenviado:", device: "Enviado desde mi iPhone",
        gmail: "El mar, 9 jun 2026 a las 16:40, MIRA escribió:", lawyer: "Este mensaje contiene información confidencial dirigida a su destinatario." },
    Words { name: "fr", closing: "Bien cordialement", head: ["De", "Envoyé", "À", "Objet", "mardi 9 juin 2026 16:40"], ruler: "Message d'origine", forward: "Début du message réexpédié :", device: "Envoyé de mon iPhone",
        gmail: "Le mar. 9 juin 2026 à 16:40, MIRA a écrit :", lawyer: "Ce message est confidentiel et réservé à son destinataire." },
    Words { name: "it", closing: "Cordiali saluti", head: ["Da", "Inviato", "A", "Oggetto", "martedì 9 giugno 2026 16:40"], ruler: "Messaggio originale", forward: "Inizio messaggio inoltrato:", device: "Inviato da iPhone",
        gmail: "Il giorno mar 9 giu 2026 alle ore 16:40 MIRA ha scritto:", lawyer: "Questo messaggio è riservato al destinatario indicato." },
    Words { name: "nl", closing: "Met vriendelijke groet", head: ["Van", "Verzonden", "Aan", "Onderwerp", "dinsdag 9 juni 2026 16:40"], ruler: "Oorspronkelijk bericht", forward: "Begin doorgestuurd bericht:", device: "Verstuurd vanaf mijn iPhone",
        gmail: "Op di 9 jun 2026 om 16:40 schreef MIRA:", lawyer: "Deze e-mail is vertrouwelijk en alleen voor de geadresseerde." },
    Words { name: "pt", closing: "Atenciosamente", head: ["De", "Enviado", "Para", "Assunto", "terça-feira, 9 de junho de 2026 16:40"], ruler: "Mensagem original", forward: "Início da mensagem encaminhada:", device: "Enviado do meu iPhone",
        gmail: "Em ter., 9 de jun. de 2026 às 16:40, MIRA escreveu:", lawyer: "Esta mensagem é confidencial e destina-se ao destinatário." },
    Words { name: "pl", closing: "Z poważaniem", head: ["Od", "Wysłano", "Do", "Temat", "wtorek, 9 czerwca 2026 16:40"], ruler: "Oryginalna wiadomość", forward: "Początek przekazywanej wiadomości:", device: "Wysłane z iPhone'a",
        gmail: "wt., 9 cze 2026 o 16:40 MIRA napisał(a):", lawyer: "Ta wiadomość zawiera informacje poufne i jest przeznaczona dla adresata." },
    Words { name: "ru", closing: "С уважением", head: ["От", "Отправлено", "Кому", "Тема", "9 июня 2026 г. 16:40"], ruler: "Исходное сообщение", forward: "Начало переадресованного сообщения:", device: "Отправлено с iPhone",
        gmail: "вт, 9 июн. 2026 г. в 16:40, MIRA:", lawyer: "Это сообщение конфиденциально... содержит конфиденциальную информацию для адресата." },
    Words { name: "sv", closing: "Med vänliga hälsningar", head: ["Från", "Skickat", "Till", "Ämne", "den 9 juni 2026 16:40"], ruler: "Originalmeddelande", forward: "Vidarebefordrat brev:", device: "Skickat från min iPhone",
        gmail: "Den tis 9 juni 2026 kl 16:40 skrev MIRA:", lawyer: "Detta meddelande är konfidentiellt och avsett för mottagaren." },
    Words { name: "da", closing: "Med venlig hilsen", head: ["Fra", "Sendt", "Til", "Emne", "9. juni 2026 16:40"], ruler: "Oprindelig besked", forward: "Start på videresendt besked:", device: "Sendt fra min iPhone",
        gmail: "Den tir. 9. jun. 2026 kl. 16.40 skrev MIRA:", lawyer: "Denne e-mail er fortrolig og kun beregnet for modtageren." },
    Words { name: "no", closing: "Med vennlig hilsen", head: ["Fra", "Sendt", "Til", "Emne", "tirsdag 9. juni 2026 16:40"], ruler: "Opprinnelig melding", forward: "Start på videresendt melding:", device: "Sendt fra min iPhone",
        gmail: "tir. 9. juni 2026 kl. 16:40 skrev MIRA:", lawyer: "Denne e-posten er konfidensiell og bare ment for mottakeren." },
    Words { name: "fi", closing: "Ystävällisin terveisin", head: ["Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe", "tiistai 9. kesäkuuta 2026 16.40"], ruler: "Alkuperäinen viesti", forward: "Välitetty viesti alkaa:", device: "Lähetetty iPhonesta",
        gmail: "ti 9.6.2026 klo 16.40 MIRA kirjoitti:", lawyer: "Tämä viesti on luottamuksellinen ja vain vastaanottajalle." },
    Words { name: "cs", closing: "S pozdravem", head: ["Od", "Odesláno", "Komu", "Předmět", "úterý 9. června 2026 16:40"], ruler: "Původní zpráva", forward: "Začátek přeposílané zprávy:", device: "Odesláno z iPhonu",
        gmail: "út 9. 6. 2026 v 16:40 odesílatel MIRA napsal:", lawyer: "Tato zpráva je důvěrná a určena jen adresátovi." },
    Words { name: "tr", closing: "Saygılarımla", head: ["Kimden", "Gönderildi", "Kime", "Konu", "9 Haziran 2026 Salı 16:40"], ruler: "Orijinal mesaj", forward: "İletilen ileti başlangıcı:", device: "iPhone'umdan gönderildi",
        gmail: "MIRA, 9 Haz 2026 Sal, 16:40 tarihinde şunu yazdı:", lawyer: "Bu e-posta gizlidir ve yalnızca alıcısı içindir." },
    Words { name: "zh", closing: "此致", head: ["发件人", "发送时间", "收件人", "主题", "2026年6月9日 16:40"], ruler: "原始邮件", forward: "下面是被转发的邮件：", device: "发自我的 iPhone",
        gmail: "MIRA 于2026年6月9日周二 16:40写道：", lawyer: "本邮件及其附件含有保密信息，仅限于收件人使用，如误收请删除并通知发件人。" },
    Words { name: "zh-tw", closing: "敬祝", head: ["寄件者", "寄件日期", "收件者", "主旨", "2026年6月9日 16:40"], ruler: "原始郵件", forward: "以下是被轉寄的郵件：", device: "從我的 iPhone 傳送",
        gmail: "MIRA 於 2026年6月9日 週二 16:40寫道：", lawyer: "本郵件包含機密資訊，僅供指定收件人使用，若您誤收本郵件請立即刪除並通知寄件人。" },
    Words { name: "ja", closing: "よろしくお願いいたします。", head: ["差出人", "送信日時", "宛先", "件名", "2026年6月9日 16:40"], ruler: "元のメッセージ", forward: "転送されたメッセージ:", device: "iPhoneから送信",
        gmail: "2026年6月9日(火) 16:40 MIRA:", lawyer: "このメールには機密情報が含まれており、宛先の方以外による使用は固く禁じられております。" },
    Words { name: "ko", closing: "감사합니다.", head: ["보낸 사람", "보낸 날짜", "받는 사람", "제목", "2026년 6월 9일 화요일 16:40"], ruler: "원본 메시지", forward: "전달된 메시지 시작:", device: "나의 iPhone에서 보냄",
        gmail: "2026년 6월 9일 (화) 오후 4:40, MIRA님이 작성:", lawyer: "이 메일은 지정된 수신인만을 위한 것이며 기밀 정보를 포함할 수 있습니다." },
    Words { name: "ar", closing: "مع التحية", head: ["من", "تم الإرسال", "إلى", "الموضوع", "9 يونيو 2026 16:40"], ruler: "الرسالة الأصلية", forward: "بداية الرسالة المعاد توجيهها:", device: "أُرسلت من الـ iPhone",
        gmail: "في الثلاثاء، 9 يونيو 2026 في 4:40 م تمت كتابة ما يلي بواسطة MIRA:", lawyer: "هذه الرسالة وأي مرفقات معها سرية وموجهة للمستلم فقط." },
    Words { name: "he", closing: "בברכה", head: ["מאת", "נשלח", "אל", "נושא", "9 יוני 2026 16:40"], ruler: "הודעה מקורית", forward: "תחילת ההודעה שהועברה:", device: "נשלח מה-iPhone שלי",
        gmail: "בתאריך יום ג׳, 9 ביוני 2026 ב-16:40 מאת MIRA:", lawyer: "הודעה זו מיועדת לנמען בלבד ועשויה להכיל מידע חסוי." },
    Words { name: "uk", closing: "З повагою", head: ["Від", "Надіслано", "Кому", "Тема", "9 червня 2026 р. 16:40"], ruler: "Оригінальне повідомлення", forward: "Початок переадресованого повідомлення:", device: "Надіслано з iPhone",
        gmail: "вт, 9 черв. 2026 р. о 16:40 MIRA пише:", lawyer: "Це повідомлення є конфіденційним і призначене лише для адресата." },
    Words { name: "el", closing: "Με εκτίμηση", head: ["Από", "Στάλθηκε", "Προς", "Θέμα", "Τρίτη, 9 Ιουνίου 2026 16:40"], ruler: "Αρχικό μήνυμα", forward: "Αρχή προωθημένου μηνύματος:", device: "Στάλθηκε από το iPhone μου",
        gmail: "Στις Τρί 9 Ιουν 2026 στις 4:40 μ.μ., ο χρήστης MIRA έγραψε:", lawyer: "Το παρόν μήνυμα είναι εμπιστευτικό και προορίζεται μόνο για τον παραλήπτη." },
    Words { name: "hu", closing: "Üdvözlettel", head: ["Feladó", "Elküldve", "Címzett", "Tárgy", "2026. június 9., kedd 16:40"], ruler: "Eredeti üzenet", forward: "Továbbított üzenet kezdete:", device: "iPhone-omról küldve",
        gmail: "MIRA ezt írta (időpont: 2026. jún. 9., K, 16:40):", lawyer: "Ez az üzenet bizalmas, csak a címzettnek szól." },
    Words { name: "ro", closing: "Cu stimă", head: ["De la", "Trimis", "Către", "Subiect", "marți, 9 iunie 2026 16:40"], ruler: "Mesaj original", forward: "Începutul mesajului redirecționat:", device: "Trimis de pe iPhone-ul meu",
        gmail: "În mar., 9 iun. 2026 la 16:40, MIRA a scris:", lawyer: "Acest mesaj este confidențial și destinat numai destinatarului." },
];

const MIRA: &str = "Mira Okafor <mira@promptcraft.example>";

fn own(text: &str) -> String {
    let head = "From: Anna <anna@client.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
    parse(format!("{head}{}", text.replace('\n', "\r\n")).as_bytes()).reply
}

#[test]
fn in_each_language_the_answer_stays_and_no_more() {
    let mut wrong = Vec::new();
    for words in ALL {
        let [from, sent, to, subject, moment] = words.head;
        let answer = format!("Ja, 3 x 7 = 21.\n\n{}\nAnna", words.closing);
        let head = format!("{from}: {MIRA}\n{sent}: {moment}\n{to}: Anna\n{subject}: Re: 21\n\nOld.");
        let nameless = format!("{from}: Mira\n{sent}: {moment}\n{to}: Anna\n{subject}: Re: 21\n\nOld.");
        let reordered = format!("{subject}: Re: 21\n{sent}: {moment}\n{from}: {MIRA}\n{to}: Anna\n\nOld.");
        let quoted = head.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n");
        let gmail = words.gmail.replace("MIRA", MIRA);
        let block = "Anna Berg\nBerg Ltd\nTel. +49 89 5550 100";
        for (case, below) in [
            ("head", head.clone()),
            ("head without an address", nameless),
            ("Outlook in text", format!("________________________________\n{head}")),
            ("Samsung", format!("-------- {} --------\n{head}", words.ruler)),
            ("any order", format!("-----{}-----\n{reordered}", words.ruler)),
            ("no colons", format!("------ {} ------\n{}", words.ruler, head.replace(": ", " "))),
            ("Apple's forward", format!("{}\n\n{quoted}", words.forward)),
            ("attribution", format!("{gmail}\n\n> Old.\n>\n> Older.")),
            ("attribution, nothing marked", format!("{gmail}\n\nOld.\nOlder.")),
            ("device", words.device.to_owned()),
            ("device and attribution", format!("{}\n\n{gmail}\n> Old.", words.device)),
            ("lawyer", words.lawyer.to_owned()),
            ("lawyer above a head", format!("{}\n\n{head}", words.lawyer)),
            ("block", block.to_owned()),
            ("block, lawyer and attribution", format!("{block}\n\n{}\n\n{gmail}\n> Old.", words.lawyer)),
        ] {
            let found = own(&format!("{answer}\n\n{below}"));
            if found != answer {
                wrong.push(format!("== {} {case}\n{found}", words.name));
            }
        }
        // right below each other, as pages without empty lines give them
        let found = own(&format!("{answer}\n{gmail}\n> Old."));
        if found != answer {
            wrong.push(format!("== {} no empty line\n{found}", words.name));
        }
        // a block below the closing takes the full name with it
        let closed = format!("Ja, 3 x 7 = 21.\n\n{}", words.closing);
        let found = own(&format!("{closed}\n\n{block}\n\n{gmail}\n> Old."));
        if found != closed {
            wrong.push(format!("== {} closing and block\n{found}", words.name));
        }
        // an answer below and between
        let mixed = format!("{gmail}\n> Old?\n\nNew 1.\n\n> Older?\n\nNew 2.");
        let found = own(&mixed);
        if !found.starts_with("New 1.") || !found.ends_with("New 2.") {
            wrong.push(format!("== {} between\n{found}", words.name));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn in_each_language_a_form_without_a_time_is_own() {
    for words in ALL {
        let [from, sent, to, subject, _] = words.head;
        let text = format!("Ja:\n\n{from}: Milano\n{to}: Torino\n{sent}: 12.06.2026\n{subject}: 21\n\nNein?");
        assert_eq!(own(&text), text, "{}", words.name);
        let named = format!("Ja.\n\n{}\n\nNein?", words.device);
        assert_eq!(own(&named), named, "{}", words.name);
        let told = format!("Ja.\n\n{} 3 x ja?", words.lawyer.split_whitespace().next().unwrap());
        assert_eq!(own(&told), told, "{}", words.name);
    }
}

/// Lines before a quotation, as Thunderbird, Apple Mail, Yahoo, Outlook's apps, Notes, The Bat!, Roundcube, Evolution,
/// Open-Xchange, `KMail` and others write them.
#[rustfmt::skip]
const ATTRIBUTIONS: &[&str] = &[
    "On 6/9/26 16:40, Mira Okafor wrote:", "On 09.06.26 16:40, Mira wrote:", "On Jun 9, 2026, at 4:40 PM, MIRA wrote:", "On 2026-06-09 16:40, Mira wrote:", "On Tue, 2026-06-09 at 16:40 +0200, Mira wrote:",
    "On Tuesday, June 9, 2026 at 04:40:21 PM GMT+2, MIRA wrote:", "On Tuesday, June 9th, 2026 at 4:40 PM, MIRA wrote:", "Mira Okafor wrote on 6/9/26 4:40 PM:", "Mira <mira@promptcraft.example> writes:", "* Mira <mira@promptcraft.example> [2026-06-09 16:40]:",
    "On Tuesday, 9 June 2026 16:40:21 CEST Mira wrote:", "On 09/06/2026 16:40 CEST MIRA wrote:", "From: MIRA, 9 June 2026 16:40:", "Tuesday, June 9, 2026, 4:40:21 PM, you wrote:", "At 16:40 09.06.2026, Mira wrote:", "Quoting MIRA:",
    "Am 09.06.26 um 16:40 schrieb Mira Okafor:", "Am 09.06.2026 um 16:40 schrieb MIRA:", "Am Dienstag, 9. Juni 2026, 16:40:21 CEST schrieb Mira Okafor:", "Mira schrieb am 09.06.2026 um 16:40:", "MIRA schrieb am 09.06.2026 16:40 CEST:", "MIRA hat am 09.06.2026 16:40 CEST geschrieben:",
    "Am Dienstag, 9. Juni 2026 um 16:40:21 MESZ hat MIRA Folgendes geschrieben:", "Gesendet: Dienstag, 09. Juni 2026 um 16:40 Uhr, MIRA schrieb:", "Zitat von MIRA:",
    "Le 09/06/2026 à 16:40, Mira Okafor a écrit :", "Le 9 juin 2026 à 16:40, MIRA a écrit :", "Le mardi 9 juin 2026 à 16:40:21 UTC+2, MIRA a écrit :", "Mira a écrit le 09/06/2026 à 16:40 :", "MIRA a écrit le 9 juin 2026 16:40 CEST :", "> Le 9 juin 2026 à 16:40, MIRA a écrit :",
    "El 9/6/26 a las 16:40, Mira Okafor escribió:", "El 9 jun 2026, a las 16:40, MIRA escribió:", "En martes, 9 de junio de 2026, 16:40:21 CEST, MIRA escribió:", "MIRA escribió el 09/06/2026 16:40 CEST:",
    "Il 09/06/26 16:40, Mira Okafor ha scritto:", "Il giorno 9 giu 2026, alle ore 16:40, MIRA ha scritto:", "Il martedì 9 giugno 2026 alle ore 16:40:21 CEST, MIRA ha scritto:", "Mira ha scritto il 09/06/2026 16:40:",
    "Op 9-6-2026 om 16:40 schreef Mira Okafor:", "Op 9 jun 2026, om 16:40 heeft MIRA het volgende geschreven:", "Op 9 jun. 2026 om 16:40 schreef MIRA", "MIRA schreef op 09-06-2026 16:40 CEST:", "Op dinsdag 9 juni 2026 om 16:40:21 CEST schreef MIRA:",
    "Em 09/06/2026 16:40, Mira Okafor escreveu:", "Às 16:40 de 09/06/2026, Mira escreveu:", "No dia 9 de jun. de 2026, às 16:40, MIRA escreveu:", "Em 9 de jun de 2026, à(s) 16:40, MIRA escreveu:", "Em terça-feira, 9 de junho de 2026 às 16:40:21 BRT, MIRA escreveu:",
    "W dniu 9.06.2026 o 16:40, Mira Okafor pisze:", "Wiadomość napisana przez MIRA w dniu 9 cze 2026, o godz. 16:40:", "Dnia 9 czerwca 2026 16:40 MIRA napisał(a):", "W dniu wtorek, 9 czerwca 2026 16:40:21 CEST użytkownik MIRA napisał:",
    "09.06.2026 16:40, Mira Okafor пишет:", "9 июня 2026 г., в 16:40, MIRA написал(а):", "Вторник, 9 июня 2026, 16:40 +03:00 от MIRA:", "09.06.2026, 16:40, \"Mira\" <mira@promptcraft.example>:", "Здравствуйте, Анна, 9 июня 2026 г., 16:40:21 Вы писали:",
    "Den 2026-06-09 kl. 16:40, skrev Mira Okafor:", "9 juni 2026 kl. 16:40 skrev MIRA:", "Den 9 juni 2026 16:40:21 CEST, skrev MIRA:", "Mira skrev den 2026-06-09 16:40:",
    "Den 09.06.2026 kl. 16.40 skrev Mira Okafor:", "Den 9. jun. 2026 kl. 16.40 skrev MIRA:", "9. juni 2026 kl. 16:40 skrev MIRA:", "Mira Okafor skrev den 09.06.2026 kl. 16.40:", "Den 09.06.2026 16:40, skrev Mira Okafor:",
    "Mira Okafor kirjoitti 9.6.2026 klo 16.40:", "MIRA kirjoitti 9.6.2026 kello 16.40:", "tiistai 9. kesäkuuta 2026 klo 16.40.21 UTC+3 MIRA kirjoitti:",
    "Dne 09. 06. 26 v 16:40 Mira Okafor napsal(a):", "9. 6. 2026 v 16:40, MIRA:", "Dne úterý 9. června 2026 16:40:21 CEST, MIRA napsal(a):", "---------- Původní e-mail ----------",
    "9.06.2026 16:40 tarihinde Mira Okafor yazdı:", "MIRA şunları yazdı (9 Haz 2026 16:40):", "9 Haziran 2026 Salı 16:40:21 GMT+3 tarihinde MIRA şunu yazdı:",
    "在 2026/6/9 16:40, Mira 写道:", "在 2026年6月9日，16:40，MIRA 写道：", "At 2026-06-09 16:40:21, MIRA wrote:", "在 2026-06-09 16:40:21，\"Mira\" <mira@promptcraft.example> 写道：", "MIRA 於 2026年6月9日 下午4:40 寫道：", "Mira 於 2026/6/9 下午 04:40 寫道:",
    "2026/06/09 16:40、MIRAのメール：", "On 2026/06/09 16:40, Mira wrote:", "2026年6月9日 16:40、MIRA のメッセージ:", "2026/06/09 16:40に、Mira さんは書きました:",
    "2026. 6. 9. 오후 4:40, MIRA 작성:", "2026-06-09 오후 4:40에 Mira 이(가) 쓴 글:", "2026년 6월 9일 화요일 오후 04시 40분 21초 GMT+9, MIRA님이 작성:",
    "في 9/6/26 16:40، كتب Mira:", "\u{200f}في ٩ يونيو ٢٠٢٦، الساعة ٤:٤٠ م، كتب/كتبت MIRA:", "On 09/06/2026 16:40, Mira כתב:", "\u{202b}ב-9 ביוני 2026, בשעה 16:40, \u{200f}MIRA כתב/ה:\u{202c}",
    "09.06.26 16:40, Mira Okafor пише:", "9 черв. 2026 р. о 16:40 MIRA написав(ла):", "Στις 9/6/26 16:40, ο/η Mira έγραψε:", "Στις 9 Ιουν 2026, στις 4:40 μ.μ., ο χρήστης MIRA έγραψε:",
    "2026. 06. 09. 16:40 keltezéssel, Mira írta:", "MIRA ezt írta (időpont: 2026. jún. 9. 16:40):", "La 09.06.2026 16:40, Mira a scris:", "Pe 9 iun. 2026, la 16:40, MIRA a scris:",
    "9 Jun 2026, 17:16 por mira@promptcraft.example:", "9. Juni 2026, 17:16 von mira@promptcraft.example:", "9 juin 2026, 17:16 de mira@promptcraft.example:",
];

#[test]
fn attributions_go_with_what_they_lead_to() {
    let mut wrong = Vec::new();
    for line in ATTRIBUTIONS {
        let line = line.replace("MIRA", MIRA);
        for text in [
            format!("Ja, 21.\n\nAnna\n\n{line}\n> Old.\n>\n> Older."),
            format!("{line}\n\n> Old.\n\nJa, 21.\n\nAnna"),
            format!("Ja, 21.\n\nAnna\n{line}\n\n> Old."),
        ] {
            let found = own(&text);
            if found != "Ja, 21.\n\nAnna" {
                wrong.push(format!("== {line}\n{found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
