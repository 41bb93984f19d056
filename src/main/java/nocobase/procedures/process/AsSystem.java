package nocobase.procedures.process;

import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ProcessEngineServices;
import org.camunda.bpm.engine.impl.identity.Authentication;

/** What a listener of ours writes while a person's request is under way is the system's writing, not the person's. */
public final class AsSystem {

    private AsSystem() {}

    public static void run(ProcessEngineServices services, Runnable work) {
        IdentityService identity = services.getIdentityService();
        Authentication person = identity.getCurrentAuthentication();
        identity.clearAuthentication();
        try {
            work.run();
        } finally {
            identity.setAuthentication(person);
        }
    }
}
