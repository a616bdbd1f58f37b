use report::{Category, LocalText, Verdict};

use crate::owner::owner_sentence;

/// From what confidence on users are told where the fault lies.
const SURE_OF_OWNER: f32 = 0.6;

/// What the user is told at once: what we already see, and a safe first step where there is one.
/// Short, without jargon, the same in both languages.
pub fn user_words(verdict: &Verdict) -> LocalText {
    if let Some(abstention) = &verdict.abstention {
        return LocalText::new(
            format!(
                "We have your report. It is not yet clear what is wrong, so one question helps us most: {}",
                abstention.question.en
            ),
            format!(
                "Обращение у нас. Пока не ясно, в чём дело, и больше всего поможет один ответ: {}",
                abstention.question.ru
            ),
        );
    }
    let words = of_category(verdict.category.value);
    let cause = verdict.cause.as_ref().map(|c| &c.value);
    let step = cause.and_then(|c| c.user_step.clone()).or_else(|| words.step.map(|(en, ru)| LocalText::new(en, ru)));
    let mut en = words.sees.0.to_owned();
    let mut ru = words.sees.1.to_owned();
    // A cause is worth telling a user where it comes with something to do; without, it is for staff.
    if let Some(cause) = cause.filter(|c| c.user_step.is_some()) {
        en = format!("{en} {}", cause.says.en);
        ru = format!("{ru} {}", cause.says.ru);
    }
    // Whose fault it is, is worth a sentence where it is rather sure and the cause has not just said it.
    let owner = verdict.owner.as_ref().filter(|owner| owner.confidence >= SURE_OF_OWNER);
    let told = cause.is_some_and(|c| c.user_step.is_some());
    if let Some(sentence) = owner.filter(|_| !told).and_then(|owner| owner_sentence(&owner.value)) {
        en = format!("{en} {}", sentence.en);
        ru = format!("{ru} {}", sentence.ru);
    }
    if let Some(step) = step {
        en = format!("{en} {}", step.en);
        ru = format!("{ru} {}", step.ru);
    }
    LocalText::new(en, ru)
}

type Pair = (&'static str, &'static str);

struct CategoryWords {
    sees: Pair,
    step: Option<Pair>,
}

fn of_category(category: Category) -> CategoryWords {
    let (sees, step): (Pair, Option<Pair>) = match category {
        Category::Network => {
            (("It looks like a problem with the network connection.", "Похоже, дело в подключении к сети."), None)
        }
        Category::Access => (
            ("It looks like a problem with signing in or with access.", "Похоже, дело во входе или в правах доступа."),
            Some((
                "Please don't keep trying the password: the account could lock.",
                "Пожалуйста, не подбирайте пароль: учётная запись может заблокироваться.",
            )),
        ),
        Category::Email => (
            ("It looks like a problem with email.", "Похоже, дело в почте."),
            Some((
                "Your letters are not lost; no need to send them again.",
                "Письма не пропали, отправлять их заново не нужно.",
            )),
        ),
        Category::Printing => (
            ("It looks like a problem with printing.", "Похоже, дело в печати."),
            Some((
                "Please check that the printer is on and has paper, and don't send the document again.",
                "Проверьте, пожалуйста, что принтер включён и в нём есть бумага, и не отправляйте документ повторно.",
            )),
        ),
        Category::Hardware => (
            ("It looks like a problem with the equipment itself.", "Похоже, дело в самом оборудовании."),
            Some((
                "If you can, save your work and check that the cables are seated.",
                "Если можете, сохраните работу и проверьте, плотно ли вставлены кабели.",
            )),
        ),
        Category::Performance => (
            ("It looks like the computer is short of resources.", "Похоже, компьютеру не хватает ресурсов."),
            Some((
                "Save your work and close the programs you don't need right now.",
                "Сохраните работу и закройте программы, которые сейчас не нужны.",
            )),
        ),
        Category::Application => (
            ("It looks like a problem in a program.", "Похоже, дело в программе."),
            Some(("If it still responds, save your work.", "Если программа ещё отвечает, сохраните работу.")),
        ),
        Category::Storage => (
            ("It looks like a problem with files or shared folders.", "Похоже, дело в файлах или общих папках."),
            Some((
                "Please don't delete or move anything until we have looked.",
                "Пожалуйста, ничего не удаляйте и не переносите, пока мы не посмотрим.",
            )),
        ),
        Category::Conferencing => (
            ("It looks like a problem with calls or meetings.", "Похоже, дело в звонках или видеовстречах."),
            Some((
                "If the call is urgent, join from your phone for now.",
                "Если звонок срочный, подключитесь пока с телефона.",
            )),
        ),
        Category::Security => (
            (
                "It looks like a security matter, so it goes straight to the security team.",
                "Похоже, это вопрос безопасности, поэтому сразу передаём его специалистам по защите.",
            ),
            Some((
                "Please don't open links or attachments and don't enter passwords; leave the computer on.",
                "Пожалуйста, не открывайте ссылки и вложения и не вводите пароли; компьютер не выключайте.",
            )),
        ),
        Category::OperatingSystem => (
            ("It looks like a problem with the system itself.", "Похоже, дело в самой системе компьютера."),
            Some((
                "Save your work; don't switch the computer off while it is updating.",
                "Сохраните работу; не выключайте компьютер, пока он обновляется.",
            )),
        ),
        Category::Request => (
            ("We have taken this as a request.", "Мы приняли это как заявку."),
            Some((
                "If it needs an approval, we will ask for it ourselves.",
                "Если понадобится согласование, мы запросим его сами.",
            )),
        ),
        Category::Other => (("We have your report.", "Обращение у нас."), None),
    };
    CategoryWords { sees, step }
}
