package nocobase.procedures.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WebhookChannelTest {

    @Test
    void whatSomebodyWroteCallsNobodyAndHidesNoLink() {
        assertThat(WebhookChannel.literal(
                        "<!channel> <https://evil.example|Approve> [Approve](https://evil.example) @all"))
                .isEqualTo("&lt;!channel&gt; &lt;https://evil.example|Approve&gt; [Approve]\u2060(https://evil.example)"
                        + " @\u2060all");
    }
}
