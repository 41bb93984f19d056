package nocobase.procedures;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is answered in a browser, form by form, and by whom. {@link EveryAnswerIT} clicks each row; that no question and no
 * option is without one, EveryAnswerTest holds.
 */
public final class EveryAnswer {

    /** How many of a checklist's options are ticked. */
    public static final List<String> TICKED = List.of("none", "one", "all");

    /** A moment chosen in the calendar and in the list of times. */
    public static final String NEXT_MONTH = "next month";

    /** Two hours later. */
    public static final String LATER = "next month, later";

    /**
     * Why somebody may answer. olga started the procedure, otto is another operator and maria a manager; she gets the
     * operators' tasks too when nobody answers in time, and he the managers', by break-glass.
     */
    public enum Role {
        STARTER,
        OPERATOR,
        MANAGER,
        BREAK_GLASS
    }

    private static final String BREAK_GLASS = ", break-glass";

    /** Form, person, answers, and who refuses them if they are to be refused. */
    private static final String TABLE = """
            approve-procedure           | maria | procedureApproved=true; procedureApprovalComment=Fine
            approve-procedure           | maria | procedureApproved=false
            approve-procedure           | otto, break-glass | procedureApproved=true
            approve-rollback            | maria | rollbackApproved=true; approvalComment=Agreed
            approve-rollback            | maria | rollbackApproved=false; approvalComment=Look again
            approve-rollback            | otto, break-glass | rollbackApproved=true; approvalComment=Nobody else is awake
            choose-way-back             | olga  | wayBack=finish; wayBackComment=It stopped half way
            choose-way-back             | otto  | wayBack=asIs; wayBackComment=The data are good
            choose-way-back             | olga  | wayBack=restore; wayBackComment=Lost a table           | browser
            choose-way-back             | olga  | wayBack=restore; restorePointChosen=training-1a2b3c4d; wayBackComment=Lost a table
            choose-way-back             | olga  | wayBack=none; wayBackComment=Not today
            choose-way-back             | maria | wayBack=asIs; wayBackComment=The data are good
            choose-work                 | olga  | work=plugin                                            | browser
            choose-work                 | olga  | work=plugin; pluginAction=enable                       | server
            choose-work                 | olga  | work=plugin; pluginAction=enable; pluginName=map
            choose-work                 | olga  | work=plugin; pluginAction=enable; pluginChosen=map
            choose-work                 | olga  | work=plugin; pluginAction=disable; pluginChosen=map; workComment=Slow
            choose-work                 | olga  | work=plugin; pluginAction=add; pluginName=@acme/plugin-hello; pluginSource=@acme/plugin-hello@1.2.0
            choose-work                 | olga  | work=plugin; pluginAction=update; pluginChosen=@acme/plugin-hello; pluginSource=@acme/plugin-hello@1.3.0
            choose-work                 | olga  | work=plugin; pluginAction=remove; pluginChosen=@acme/plugin-hello
            choose-work                 | olga  | work=takeRestorePoint
            choose-work                 | olga  | work=proveRestorePoint; restorePointChosen=training-1a2b3c4d
            choose-work                 | olga  | work=receiveRestorePoint; sourceRestorePoint=other/other-1a2b3c4d
            choose-work                 | olga  | work=pruneRestorePoints
            choose-work                 | otto  | work=restore
            choose-work                 | otto  | work=byHand
            choose-work                 | otto  | work=done
            choose-work                 | maria | work=done
            decide-when-to-begin        | olga  | windowChoice=start
            decide-when-to-begin        | olga  | windowChoice=cancel; windowComment=Another day
            decide-when-to-begin        | otto  | windowChoice=window; newWindow=next month; newWindowEnd=next month, later
            decide-when-to-begin        | maria | windowChoice=cancel; windowComment=Nobody answers
            decide-how-to-go-on         | olga  | decision=retry; decisionComment=The disk has room again
            decide-how-to-go-on         | olga  | decision=withoutNodes; nodesToLeaveOut=none; decisionComment=Its host is down | browser
            decide-how-to-go-on         | olga  | decision=withoutNodes; nodesToLeaveOut=one; decisionComment=Its host is down
            decide-how-to-go-on         | otto  | decision=withoutNodes; nodesToLeaveOut=all; decisionComment=Their host is down
            decide-how-to-go-on         | olga  | decision=goOn; decisionComment=It can wait
            decide-how-to-go-on         | olga  | decision=startAnew; decisionComment=Nothing is lost
            decide-how-to-go-on         | olga  | decision=rollback; decisionComment=The migration fails
            decide-how-to-go-on         | otto  | decision=waitLonger; decisionComment=They are nearly there
            decide-how-to-go-on         | otto  | decision=sendBack; decisionComment=Nothing was restored
            decide-how-to-go-on         | olga  | decision=abort; decisionComment=Another day
            decide-how-to-go-on         | maria | decision=retry; decisionComment=Nobody answers
            first-start                 | olga  | cluster=training; reason=First day
            in-app-maintenance          | olga  | cluster=training; reason=Plugins; works=none           | browser
            in-app-maintenance          | olga  | cluster=training; reason=Plugins; works=one; restorePointFirst=true
            in-app-maintenance          | otto  | cluster=training; reason=Move; works=all; restorePointFirst=false; details=From the old cluster
            decide-whether-engine-goes-on | olga  | engineChoice=goOn; engineComment=The other one is gone
            decide-whether-engine-goes-on | otto  | engineChoice=end; engineComment=The other one leads
            decide-whether-engine-goes-on | maria | engineChoice=end; engineComment=The other one leads
            look-after-cluster          | olga  | lookedAfterComment=All is well
            look-after-cluster          | otto  | lookedAfterComment=All is well
            look-after-cluster          | maria | lookedAfterComment=All is well
            mend-technical-incident     | olga  | mendComment=The engine answers again
            mend-technical-incident     | otto  | mendComment=The engine answers again
            mend-technical-incident     | maria | mendComment=The engine answers again
            return-to-service           | olga  | cluster=training; reason=Back
            review-plan                 | olga  | planAccepted=true; acceptedWarnings=none               | browser
            review-plan                 | olga  | planAccepted=true; acceptedWarnings=one                | server
            review-plan                 | olga  | planAccepted=true; acceptedWarnings=all; planComment=Known
            review-plan                 | otto  | planAccepted=false
            review-plan                 | maria | planAccepted=false; planComment=Nobody answers
            review-pruning              | olga  | pruneNow=true; pruneComment=Too old
            review-pruning              | olga  | pruneNow=false
            review-pruning              | otto  | pruneNow=false
            review-pruning              | maria | pruneNow=false
            troubleshoot                | olga  | troubleshootComment=Turned it off and on
            troubleshoot                | otto  | troubleshootComment=Found the cable
            troubleshoot                | maria | troubleshootComment=Found the cable
            verify-functionality        | olga  | verification=works; verificationComment=Signed in
            verify-functionality        | olga  | verification=troubleshoot; verificationComment=The calendar is empty
            verify-functionality        | otto  | verification=rollback; verificationComment=Nobody can sign in
            verify-functionality        | otto  | verification=otherWay; verificationComment=An older one is needed
            verify-functionality        | maria | verification=works; verificationComment=Signed in
            version-upgrade             | olga  | cluster=training; targetVersion=2.2.16; reason=Security; begin=now
            version-upgrade             | olga  | cluster=training; targetVersion=2.2.16; reason=Security; begin=window | server
            version-upgrade             | otto  | cluster=training; targetVersion=2.2.16; reason=Security; begin=window; window=next month; windowEnd=next month, later
            wait-for-maintenance-window | olga  | windowChoice=start; windowComment=Everybody is home
            wait-for-maintenance-window | olga  | windowChoice=cancel
            wait-for-maintenance-window | otto  | windowChoice=start
            wait-for-maintenance-window | maria | windowChoice=cancel; windowComment=Nobody answers
            work-by-hand                | olga  | handworkDone=Moved the menu
            work-by-hand                | otto  | handworkDone=Moved the menu
            work-by-hand                | maria | handworkDone=Moved the menu
            """;

    /** Who does not let the answers pass. */
    public enum Refuser {
        NOBODY,
        BROWSER,
        SERVER
    }

    /** @param answers by key, in the order in which they are given */
    public record Row(String form, String person, Role role, Map<String, String> answers, Refuser refuser) {

        @Override
        public String toString() {
            return form + " by " + person + " (" + role + "): " + answers
                    + (refuser == Refuser.NOBODY ? "" : ", refused by " + refuser);
        }
    }

    private EveryAnswer() {}

    public static List<Row> rows() {
        return TABLE.lines().map(EveryAnswer::row).toList();
    }

    private static Row row(String line) {
        String[] columns = line.split("\\|", -1);
        Map<String, String> answers = new LinkedHashMap<>();
        Arrays.stream(columns[2].split(";")).map(String::strip).forEach(answer -> {
            String[] pair = answer.split("=", 2);
            answers.put(pair[0], pair[1]);
        });
        String person = columns[1].strip();
        return new Row(
                columns[0].strip(),
                person.replace(BREAK_GLASS, ""),
                role(person),
                answers,
                columns.length < 4
                        ? Refuser.NOBODY
                        : Refuser.valueOf(columns[3].strip().toUpperCase()));
    }

    private static Role role(String person) {
        if (person.endsWith(BREAK_GLASS)) {
            return Role.BREAK_GLASS;
        }
        return switch (person) {
            case "olga" -> Role.STARTER;
            case "otto" -> Role.OPERATOR;
            case "maria" -> Role.MANAGER;
            default -> throw new IllegalArgumentException("Say here what " + person + " is.");
        };
    }
}
