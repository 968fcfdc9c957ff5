//! The words of heads, rulers and markers in many languages, as [`crate::fold::fold`] writes them.

/// Before the author.
#[rustfmt::skip]
pub(crate) const FROM: &[&str] = &[
    "from", "von", "de", "da", "van", "od", "от", "от кого", "отправитель", "från", "fra", "lähettäjä", "keneltä", "kimden", "gönderen", "发件人", "寄件者",
    "寄件人", "发信人", "發件人", "差出人", "送信者", "送信元", "보낸 사람", "보낸사람", "보낸이", "발신", "발신자", "발신인", "expéditeur", "mittente", "nadawca",
    "remitente", "remetente", "odesílatel", "absender", "afzender", "avsändare", "afsender", "avsender", "від", "від кого", "відправник", "από", "αποστολέας",
    "feladó", "de la", "expeditor", "מאת", "من", "المرسل", "šalje", "odosielateľ", "pošiljatelj", "saatja",
];
/// Before the day.
#[rustfmt::skip]
pub(crate) const SENT: &[&str] = &[
    "sent", "sent at", "sent on", "date", "date sent", "gesendet", "gesendet am", "datum", "enviado", "enviado el", "enviado em", "enviada", "enviada em",
    "enviada el", "fecha", "fecha de envío", "envoyé", "envoyé le", "date d'envoi", "le", "inviato", "inviato il", "data", "data invio", "verzonden",
    "verstuurd", "verzonden op", "wysłano", "wysłane", "data wysłania", "отправлено", "дата", "дата отправки", "skickat", "skickades", "sendt", "dato",
    "lähetetty", "päiväys", "päivämäärä", "pvm", "odesláno", "gönderildi", "gönderilme tarihi", "gönderim tarihi", "gönderme tarihi", "tarih", "发送时间",
    "发送日期", "寄件日期", "傳送時間", "發送時間", "日期", "時間", "时间", "送信日時", "送信日", "日時", "日付", "보낸 날짜", "보낸날짜", "보낸 시간", "날짜", "일시", "발송일",
    "надіслано", "відправлено", "дата надсилання", "στάλθηκε", "εστάλη", "ημερομηνία", "αποστολή", "elküldve", "küldve", "dátum", "küldés ideje", "trimis",
    "trimis la", "dată", "נשלח", "נשלחה", "תאריך", "تم الإرسال", "أُرسلت", "أرسلت", "تاريخ", "التاريخ", "تاريخ الإرسال", "odoslané", "poslano",
];
/// Before the receivers.
#[rustfmt::skip]
pub(crate) const TO: &[&str] = &[
    "to", "an", "empfänger", "para", "à", "a", "per", "aan", "naar", "do", "adresat", "кому", "получатель", "till", "til", "vastaanottaja", "kenelle", "komu",
    "příjemce", "kime", "alıcı", "收件人", "收件者", "收信人", "宛先", "送信先", "받는 사람", "받는사람", "받은 사람", "받는이", "수신", "수신자", "수신인", "destinataire",
    "destinatario", "destinatário", "pro", "mottagare", "modtager", "mottaker", "ontvanger", "одержувач", "отримувач", "προς", "παραλήπτης", "címzett", "către",
    "catre", "destinatar", "אל", "לכבוד", "إلى", "المستلم", "prima", "primatelj", "za",
];
/// Before the subject.
#[rustfmt::skip]
pub(crate) const SUBJECT: &[&str] = &[
    "subject", "betreff", "betr", "betr.", "asunto", "assunto", "objet", "sujet", "oggetto", "onderwerp", "temat", "тема", "ämne", "emne", "aihe", "otsikko",
    "předmět", "konu", "主题", "主題", "主旨", "标题", "標題", "件名", "제목", "θέμα", "tárgy", "subiect", "נושא", "הנדון", "الموضوع", "موضوع", "predmet", "teema", "tēma",
];
/// Before those who get a copy.
#[rustfmt::skip]
pub(crate) const COPY: &[&str] = &[
    "cc", "kopie", "copie", "copia", "cópia", "kopi", "kopia", "kopio", "dw", "do wiadomości", "копия", "копія", "bilgi", "抄送", "副本", "참조", "κοιν", "κοιν.",
    "másolat", "másolatot kap", "עותק", "نسخة", "reply-to", "antwort an", "responder a", "répondre à", "organization", "attachments", "anlagen",
];

/// Between the dashes of a ruler.
#[rustfmt::skip]
pub(crate) const RULERS: &[&str] = &[
    "original message", "original appointment", "original email", "original e-mail", "original mail", "forwarded message", "forwarded email", "reply message",
    "ursprüngliche nachricht", "ursprüngliche e-mail", "ursprüngliche mail", "originalnachricht", "original-nachricht", "original nachricht",
    "originalmail", "weitergeleitete nachricht", "weitergeleitete e-mail", "original-e-mail", "ursprünglicher termin", "ende der weitergeleiteten",
    "mensaje original", "correo original", "mensaje reenviado", "mensaje enviado", "cita original",
    "message d'origine", "message original", "message initial", "courriel original", "e-mail d'origine", "mail original", "message transféré",
    "message réexpédié",
    "messaggio originale", "messaggio inoltrato", "e-mail originale", "messaggio d'origine",
    "oorspronkelijk bericht", "origineel bericht", "oorspronkelijke bericht", "originele bericht", "doorgestuurd bericht",
    "mensagem original", "e-mail original", "mensagem encaminhada", "mensagem reencaminhada", "mensagem de origem",
    "wiadomość oryginalna", "oryginalna wiadomość", "wiadomość przekazana", "przekazana wiadomość", "przesłana wiadomość", "wiadomość pierwotna",
    "treść przekazanej wiadomości", "treść oryginalnej wiadomości",
    "исходное сообщение", "оригинальное сообщение", "пересылаемое сообщение", "пересланное сообщение", "перенаправленное сообщение", "исходное письмо",
    "пересланное письмо", "пересылаемое письмо", "переадресованное сообщение", "первоначальное сообщение",
    "ursprungligt meddelande", "originalmeddelande", "ursprungligt mail", "vidarebefordrat meddelande", "vidarebefordrat mejl",
    "oprindelig meddelelse", "oprindelig besked", "original meddelelse", "oprindelig mail", "videresendt meddelelse", "videresendt besked",
    "opprinnelig melding", "original melding", "opprinnelig e-post", "videresendt melding",
    "alkuperäinen viesti", "alkuperäinen sähköposti", "välitetty viesti", "edelleenlähetetty viesti", "lähetetty edelleen",
    "původní zpráva", "původní e-mail", "originální zpráva", "přeposlaná zpráva", "přeposílaná zpráva", "předaná zpráva", "pôvodná správa",
    "özgün ileti", "özgün mesaj", "orijinal mesaj", "orijinal ileti", "asıl ileti", "iletilmiş ileti", "iletilen mesaj", "yönlendirilmiş mesaj",
    "iletilmiş mesaj",
    "yönlendirilen ileti",
    "原始邮件", "原始郵件", "原始訊息", "原始信件", "原邮件", "原郵件", "转发邮件", "转发的邮件", "轉寄郵件", "转发的消息", "轉寄的郵件", "轉寄訊息", "邮件原件", "回复的原邮件",
    "元のメッセージ", "元のメール", "オリジナルメッセージ", "転送メッセージ", "転送されたメッセージ", "転送メール",
    "원본 메시지", "원본 메일", "원본 이메일", "원본메일", "원본메시지", "원래 메시지", "전달된 메시지", "전달된 메일", "전달 메시지",
    "הודעה מקורית", "ההודעה המקורית", "הודעה שהועברה", "الرسالة الأصلية", "رسالة أصلية", "رسالة معاد توجيهها", "الرسالة المعاد توجيهها",
    "вихідне повідомлення", "оригінальне повідомлення", "початкове повідомлення", "переслане повідомлення", "пересилається повідомлення",
    "αρχικό μήνυμα", "προωθημένο μήνυμα", "eredeti üzenet", "továbbított üzenet", "továbbított levél", "mesaj original", "mesajul original",
    "mesaj redirecționat",
    "mesaj înaintat", "mesaj transmis",
];

/// Says where an answer belongs.
#[rustfmt::skip]
pub(crate) const ABOVE: &[&str] = &[
    "please type your reply above this line", "please reply above this line", "reply above this line", "write your reply above this line",
    "type your reply above this line", "please enter your reply above this line", "please do not write below this line", "reply above this dashed line",
    "antworten sie oberhalb dieser zeile", "bitte antworten sie oberhalb dieser linie", "bitte oberhalb dieser zeile antworten",
    "bitte antworten sie oberhalb dieser zeile", "bitte geben sie ihre antwort oberhalb dieser zeile ein", "bitte schreiben sie ihre antwort über diese zeile",
    "bitte schreiben sie ihre antwort oberhalb dieser zeile", "antwort oberhalb dieser zeile", "bitte über dieser linie antworten",
    "bitte über dieser zeile antworten",
    "répondez au-dessus de cette ligne", "veuillez répondre au-dessus de cette ligne", "répondre au-dessus de cette ligne",
    "merci de répondre au-dessus de cette ligne",
    "veuillez saisir votre réponse au-dessus de cette ligne",
    "escriba su respuesta por encima de esta línea", "responda por encima de esta línea", "por favor, escriba su respuesta por encima de esta línea",
    "escribe tu respuesta encima de esta línea", "responder por encima de esta línea", "rispondi sopra questa riga", "rispondere sopra questa riga",
    "digita la risposta sopra questa riga", "scrivi la tua risposta sopra questa riga", "inserire la risposta sopra questa riga",
    "antwoord boven deze regel", "typ uw antwoord boven deze regel", "typ je antwoord boven deze regel", "gelieve boven deze lijn te antwoorden",
    "responda acima desta linha", "digite sua resposta acima desta linha", "escreva a sua resposta acima desta linha",
    "por favor, digite sua resposta acima desta linha",
    "odpowiedz powyżej tej linii", "wpisz odpowiedź powyżej tej linii", "prosimy o odpowiedź powyżej tej linii",
    "введите ответ над этой строкой", "пожалуйста, введите ответ над этой строкой", "ответьте выше этой строки", "пишите ответ выше этой строки",
    "svara ovanför den här raden", "skriv ditt svar ovanför denna rad", "skriv ditt svar ovanför den här raden", "svar over denne linje",
    "skriv dit svar over denne linje",
    "svar over denne linjen", "skriv svaret ditt over denne linjen", "vastaa tämän rivin yläpuolelle", "kirjoita vastauksesi tämän rivin yläpuolelle",
    "odpovězte nad tímto řádkem", "odpověď napište nad tento řádek", "lütfen yanıtınızı bu satırın üzerine yazın", "yanıtınızı bu satırın üstüne yazın",
    "请在此行上方回复", "请在此行上方输入您的回复", "請在此行上方回覆", "この行より上に返信", "この行の上に返信", "이 줄 위에 회신", "이 줄 위에 답장",
    "відповідайте над цим рядком", "απαντήστε πάνω από αυτή τη γραμμή", "válaszát e sor fölé írja", "răspundeți deasupra acestei linii", "יש להשיב מעל שורה זו",
    "يرجى كتابة ردك أعلى هذا السطر", "اكتب ردك فوق هذا السطر",
];
/// Says that a forward begins; nothing else stands on such a line.
#[rustfmt::skip]
pub(crate) const FORWARDS: &[&str] = &[
    "begin forwarded message", "anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail", "beginn der weitergeleiteten nachricht",
    "inizio messaggio inoltrato", "inizio del messaggio inoltrato", "début du message réexpédié", "début du message transféré", "début de message transféré",
    "inicio del mensaje reenviado", "inicio de mensaje reenviado", "início da mensagem reencaminhada", "início da mensagem encaminhada",
    "início de mensagem encaminhada", "início de mensagem reencaminhada", "begin doorgestuurd bericht", "begin van doorgestuurd bericht",
    "begin van het doorgestuurde bericht",
    "początek przekazywanej wiadomości", "początek przekazanej wiadomości", "rozpoczęcie przekazywanej wiadomości", "начало переадресованного сообщения",
    "начало пересылаемого сообщения", "начало пересланного сообщения", "начало перенаправленного сообщения", "vidarebefordrat brev", "vidarebefordrat mejl",
    "början på vidarebefordrat meddelande", "vidarebefordrat meddelande", "påbörja vidarebefordrat brev", "start på videresendt besked",
    "start på videresendt meddelelse",
    "begynd videresendt besked", "begynd videresendt meddelelse", "videresendt besked", "videresendt meddelelse", "start på videresendt melding",
    "begynnelse på videresendt melding", "videresendt melding", "starten på videresendt melding", "välitetty viesti alkaa", "välitetyn viestin alku",
    "aloita välitetty viesti", "välitetty viesti", "edelleen lähetetty viesti alkaa", "začátek přeposílané zprávy", "začátek přeposlané zprávy",
    "začiatok preposlanej správy",
    "přeposlaná zpráva", "iletilmiş mesajın başlangıcı", "iletilen iletinin başlangıcı", "iletilmiş ileti başlangıcı", "iletilen ileti başlangıcı",
    "yönlendirilen mesajın başlangıcı",
    "下面是被转发的邮件", "以下是被转发的邮件", "开始转发的邮件", "转发的邮件", "下面是轉寄的郵件", "以下是被轉寄的郵件", "以下為轉寄的郵件", "開始轉寄郵件", "開始轉寄訊息", "轉寄的郵件",
    "転送されたメッセージ", "以下、転送されたメール", "以下は転送されたメールです", "以下、転送メール", "転送されたメール", "전달된 메시지 시작", "전달된 메시지", "전달받은 메시지 시작",
    "전달된 이메일 시작", "بداية الرسالة المُعاد توجيهها", "بداية الرسالة المعاد توجيهها", "بدء الرسالة المعاد توجيهها", "بدء الرسالة المُعاد توجيهها",
    "תחילת ההודעה שהועברה",
    "ההודעה שהועברה", "початок переадресованого повідомлення", "початок пересланого повідомлення", "початок листа, що пересилається",
    "αρχή προωθημένου μηνύματος",
    "έναρξη προωθημένου μηνύματος", "továbbított üzenet kezdete", "továbbított levél kezdete", "începutul mesajului redirecționat",
    "începutul mesajului înaintat",
    "început mesaj redirecționat",
];
