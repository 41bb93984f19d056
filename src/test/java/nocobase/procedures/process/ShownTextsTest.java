package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShownTextsTest {

    @Test
    void aFormsTextsShowVariablesLiterally() {
        assertThat(ShownTexts.literal("**{{cluster}}**: {{failure.what}}"))
                .isEqualTo("**{{shown.cluster}}**: {{shown.failure.what}}");
        assertThat(ShownTexts.literal("{{#loop checks[result = \"WARN\"]}}\n- {{this.finding}}\n{{/loop}}"))
                .isEqualTo("{{#loop shown.checks[result = \"WARN\"]}}\n- {{this.finding}}\n{{/loop}}");
        assertThat(ShownTexts.literal("{{#if failure.node != null}}{{failure.node}}{{/if}}"))
                .isEqualTo("{{#if failure.node != null}}{{shown.failure.node}}{{/if}}");
    }

    @Test
    void whatStandsInCodeIsShownLiterallyToo() {
        assertThat(ShownTexts.literal("Log:\n\n```\n{{failure.logTail}}\n```"))
                .isEqualTo("Log:\n\n<pre><code>{{shown.failure.logTail}}</code></pre>");
        assertThat(ShownTexts.literal("`{{operation}}`")).isEqualTo("<code>{{shown.operation}}</code>");
    }

    @Test
    void ourOwnSentencesKeepTheirMarkdown() {
        assertThat(ShownTexts.literal("6. {{openingPlan}}")).isEqualTo("6. {{openingPlan}}");
    }

    @Test
    void whatCannotBeShownLiterallyIsNotDeployed() {
        assertThatThrownBy(() -> ShownTexts.literal("{{upper case(reason)}}"))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> ShownTexts.literal("= reason")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nothingThatMarkdownReadsIsLeft() {
        assertThat(Literal.of("# [a](b) <i>*x*</i> `{{y}}`\n\n> z"))
                .isEqualTo(
                        "&#35; &#91;a&#93;&#40;b&#41; &#60;i&#62;&#42;x&#42;&#60;&#47;i&#62; &#96;&#123;&#123;y&#125;"
                                + "&#125;&#96;<br><br>&#62; z");
    }

    @Test
    void everyScriptStaysAndNoDirectionIsTurned() {
        assertThat(Literal.of("Manutenção às três")).isEqualTo("Manutenção às três");
        assertThat(Literal.of("a\u202Eb")).isEqualTo("a&#91;U&#43;202E&#93;b");
        assertThat(Literal.of("ok\nעברית")).isEqualTo("ok<br>\u2068עברית\u2069");
        assertThat(Literal.of("a\u001b[1m")).isEqualTo("a␛&#91;1m");
    }

    @Test
    void aBlankBeforeAPartOfALineStays() {
        assertThat(Literal.of(" · NocoBase 2")).isEqualTo("&#32;· NocoBase 2");
        assertThat(Literal.of("\n \n  x\n\n")).isEqualTo("&#32; x");
    }

    @Test
    void aLabelIsNoTemplate() {
        assertThat(Literal.label("= 1 + 1")).isEqualTo("\u2060= 1 + 1");
        assertThat(Literal.label("{{reason}}")).isEqualTo("{\u2060{reason}}");
    }
}
