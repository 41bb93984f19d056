package nocobase.procedures;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.util.List;
import nocobase.procedures.AskedForm.Question;

/** A form in the browser, answered as a person does: by clicking and typing. Fields are found by their components. */
final class FilledForm {

    private static final String ONE_DAY = "15";
    private static final int ONE_TIME = 40;
    private static final int LATER = 48;

    private final Locator form;
    private final Page page;

    FilledForm(Page page, Locator form) {
        this.page = page;
        this.form = form;
    }

    /** @param offered the values that the question offers, in their order */
    void answer(Question question, String answer, List<JsonNode> offered) {
        switch (question.type()) {
            case "radio" -> option(question, index(offered, answer)).click();
            case "checklist" -> tick(question, answer, offered.size());
            case "checkbox" -> field(question).setChecked(answer.equals("true"));
            case "select" -> select(question, index(offered, answer));
            case "datetime" -> pickMoment(question, answer.equals(EveryAnswer.LATER) ? LATER : ONE_TIME);
            default -> field(question).fill(answer);
        }
    }

    private void tick(Question question, String answer, int options) {
        int count = answer.equals("none") ? 0 : answer.equals("one") ? 1 : options;
        // Some may be ticked beforehand.
        for (int index = 0; index < options; index++) {
            option(question, index).setChecked(index < count);
        }
        assertThat(whole(question).locator("input:checked")).hasCount(count);
    }

    private void select(Question question, int index) {
        // With a single option it may be chosen already.
        whole(question).locator(".fjs-input-group").click();
        whole(question).locator(".fjs-dropdownlist-item").nth(index).click();
        assertThat(whole(question).locator(".fjs-dropdownlist")).hasCount(0);
    }

    /** The 15th of the next month in the calendar, and the 41st quarter of an hour in the list. */
    private void pickMoment(Question question, int time) {
        Locator inputs = whole(question).locator("input.fjs-input");
        inputs.first().click();
        Locator calendar = page.locator(".flatpickr-calendar.open");
        calendar.locator(".flatpickr-next-month").click();
        calendar.locator(".flatpickr-day:not(.prevMonthDay):not(.nextMonthDay)")
                .filter(new Locator.FilterOptions().setHasText(ONE_DAY))
                .first()
                .click();
        inputs.last().click();
        whole(question).locator(".fjs-dropdownlist-item").nth(time).click();
    }

    /** The innermost: a group around it has it too. */
    private Locator whole(Question question) {
        Locator parts = page.locator("[id$='-%1$s'], [id*='-%1$s-']".formatted(question.component()));
        return form.locator(".fjs-form-field")
                .filter(new Locator.FilterOptions().setHas(parts))
                .last();
    }

    private Locator field(Question question) {
        return form.locator("[id$='-" + question.component() + "']");
    }

    private Locator option(Question question, int index) {
        return form.locator("[id$='-" + question.component() + "-" + index + "']");
    }

    private static int index(List<JsonNode> offered, String answer) {
        for (int index = 0; index < offered.size(); index++) {
            if (offered.get(index).asText().equals(answer)) {
                return index;
            }
        }
        throw new AssertionError(answer + " is not among " + offered);
    }
}
