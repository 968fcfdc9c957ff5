//! Who appears: staff, organizations and customers. All addresses end in `.example`, so no mail can reach anybody.

use kernel::Role::{self, Admin, Agent, Supervisor};

/// The teams, in the order of `stories::Desk`.
pub(super) const TEAMS: [&str; 3] = ["Evaluations", "API and SDKs", "Billing"];

/// Somebody on the staff.
pub(super) struct Staff {
    pub name: &'static str,
    pub mailbox: &'static str,
    pub role: Role,
    /// Places in `TEAMS`.
    pub teams: &'static [usize],
    pub zone: &'static str,
    /// When the working day begins, in UTC.
    pub from_hour: i64,
}

/// The domain of the staff's addresses.
pub(super) const STAFF_DOMAIN: &str = "promptcraft.example";
/// Place of the supervisor in `STAFF`.
pub(super) const SUPERVISOR: usize = 1;

pub(super) const STAFF: [Staff; 8] = [
    Staff { name: "Ingrid Solheim", mailbox: "ingrid", role: Admin, teams: &[], zone: "Europe/Oslo", from_hour: 7 },
    Staff { name: "Tomás Herrera", mailbox: "tomas", role: Supervisor, teams: &[0, 1, 2], zone: "Europe/Madrid", from_hour: 7 },
    Staff { name: "Amara Okafor", mailbox: "amara", role: Agent, teams: &[0], zone: "Africa/Lagos", from_hour: 7 },
    Staff { name: "Kenji Watanabe", mailbox: "kenji", role: Agent, teams: &[0], zone: "Asia/Tokyo", from_hour: 1 },
    Staff { name: "Lukas Brandt", mailbox: "lukas", role: Agent, teams: &[0, 1], zone: "Europe/Berlin", from_hour: 8 },
    Staff { name: "Priya Raman", mailbox: "priya", role: Agent, teams: &[1], zone: "Asia/Kolkata", from_hour: 4 },
    Staff { name: "Maya Cohen", mailbox: "maya", role: Agent, teams: &[1, 2], zone: "America/New_York", from_hour: 13 },
    Staff { name: "Leïla Benali", mailbox: "leila", role: Agent, teams: &[2], zone: "Europe/Paris", from_hour: 8 },
];

/// An organization of customers.
pub(super) struct Company {
    pub name: &'static str,
    pub domain: &'static str,
    pub shares: bool,
    pub zone: &'static str,
}

pub(super) const COMPANIES: [Company; 12] = [
    Company { name: "Lumen Labs", domain: "lumenlabs.example", shares: true, zone: "Europe/London" },
    Company { name: "Kestrel Logistics", domain: "kestrel-logistics.example", shares: true, zone: "Europe/Amsterdam" },
    Company { name: "Banyan Health", domain: "banyanhealth.example", shares: false, zone: "Asia/Kolkata" },
    Company { name: "Nordlicht Versicherung", domain: "nordlicht.example", shares: true, zone: "Europe/Berlin" },
    Company { name: "Casa Verde Realty", domain: "casaverde.example", shares: false, zone: "America/Sao_Paulo" },
    Company { name: "Quillwork Publishing", domain: "quillwork.example", shares: true, zone: "America/New_York" },
    Company { name: "Hoshi Robotics", domain: "hoshi-robotics.example", shares: false, zone: "Asia/Tokyo" },
    Company { name: "Open Rivers University", domain: "openrivers.example", shares: false, zone: "America/Toronto" },
    Company { name: "Baobab Pay", domain: "baobabpay.example", shares: true, zone: "Africa/Nairobi" },
    Company { name: "Atelier Mistral", domain: "ateliermistral.example", shares: false, zone: "Europe/Paris" },
    Company { name: "Southern Cross Energy", domain: "sce-energy.example", shares: false, zone: "Australia/Sydney" },
    Company { name: "Tinker & Vale", domain: "tinkervale.example", shares: false, zone: "Europe/Warsaw" },
];

/// A customer: name, mailbox, place in `COMPANIES`.
pub(super) type Customer = (&'static str, &'static str, usize);

pub(super) const CUSTOMERS: [Customer; 60] = [
    ("Eleanor Whitcombe", "eleanor", 0),
    ("Daniel Osei", "daniel.osei", 0),
    ("Zofia Nowak", "zofia", 0),
    ("Rohan Mehta", "rohan", 0),
    ("Caitlín Byrne", "caitlin", 0),
    ("Samuel Adeyemi", "samuel", 0),
    ("Harriet Lowe", "harriet", 0),
    ("Joost van Dijk", "j.vandijk", 1),
    ("Femke de Boer", "f.deboer", 1),
    ("Yusuf Demir", "y.demir", 1),
    ("Anneke Visser", "a.visser", 1),
    ("Marek Horák", "m.horak", 1),
    ("Ananya Iyer", "ananya.iyer", 2),
    ("Vikram Chandra", "vikram.chandra", 2),
    ("Fatima Sheikh", "fatima.sheikh", 2),
    ("Arjun Pillai", "arjun.pillai", 2),
    ("Meera Joshi", "meera.joshi", 2),
    ("Katharina Vogel", "katharina.vogel", 3),
    ("Jürgen Hofmann", "juergen.hofmann", 3),
    ("Aylin Yıldız", "aylin.yildiz", 3),
    ("Sebastian Krüger", "sebastian.krueger", 3),
    ("Petra Lindner", "petra.lindner", 3),
    ("Nikos Papadopoulos", "nikos.papadopoulos", 3),
    ("Beatriz Carvalho", "beatriz", 4),
    ("João Figueiredo", "joao", 4),
    ("Thiago Moreira", "thiago", 4),
    ("Luciana Prado", "luciana", 4),
    ("Margaret O'Connell", "moconnell", 5),
    ("Jamal Washington", "jwashington", 5),
    ("Sofia Ramirez", "sramirez", 5),
    ("Ethan Goldberg", "egoldberg", 5),
    ("Grace Kim", "gkim", 5),
    ("Haruka Tanaka", "tanaka", 6),
    ("Ryō Matsumoto", "matsumoto", 6),
    ("Mei Lin Chen", "chen", 6),
    ("Satoshi Endō", "endo", 6),
    ("Prof. Amélie Tremblay", "amelie.tremblay", 7),
    ("Noah Bouchard", "noah.bouchard", 7),
    ("Siobhan McKenzie", "siobhan.mckenzie", 7),
    ("Tariq Al-Hassan", "tariq.alhassan", 7),
    ("Wanjiru Kamau", "wanjiru", 8),
    ("Otieno Odhiambo", "otieno", 8),
    ("Neema Mwangi", "neema", 8),
    ("Abdi Warsame", "abdi", 8),
    ("Grace Achieng", "grace", 8),
    ("Chukwuemeka Obi", "emeka", 8),
    ("Camille Laurent", "camille", 9),
    ("Étienne Marchand", "etienne", 9),
    ("Inès Kaddour", "ines", 9),
    ("Hugo Fontaine", "hugo", 9),
    ("Olivia Hartley", "o.hartley", 10),
    ("Liam Nguyen", "l.nguyen", 10),
    ("Charlotte Tane", "c.tane", 10),
    ("Mateo Silva", "m.silva", 10),
    ("Agnieszka Zielińska", "agnieszka", 11),
    ("Piotr Wójcik", "piotr", 11),
    ("Oksana Shevchenko", "oksana", 11),
    ("Dmytro Kovalenko", "dmytro", 11),
    ("Linnéa Bergström", "linnea", 11),
    ("Elif Kaya", "elif", 11),
];

/// The address of a customer.
pub(super) fn address(customer: usize) -> String {
    let (_, mailbox, company) = CUSTOMERS[customer];
    format!("{mailbox}@{}", COMPANIES[company].domain)
}

/// The word that people are called by.
pub(super) fn first_name(name: &str) -> &str {
    name.split_whitespace().find(|word| !word.ends_with('.')).unwrap_or(name)
}
