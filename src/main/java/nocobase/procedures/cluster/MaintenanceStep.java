package nocobase.procedures.cluster;

/**
 * What is being done behind the 503 page, in words for the people who wait: no terms of ours, nothing that worries without
 * need.
 */
public enum MaintenanceStep {
    PREPARING("Preparing", "Preparando"),
    STOPPING("Stopping the system", "Parando o sistema"),
    BACKING_UP("Making a safety copy", "Fazendo uma cópia de segurança"),
    INSTALLING("Installing", "Instalando"),
    STARTING_NEW_VERSION("Starting the new version", "Iniciando a nova versão"),
    /** Plugins, settings, a migration: work at the application itself. */
    WORKING("Work in progress", "Trabalho em andamento"),
    VERIFYING("Checking that everything works", "Verificando se tudo funciona"),
    RESTORING("Restoring the safety copy", "Restaurando a cópia de segurança"),
    STARTING_PREVIOUS_VERSION("Starting the previous version", "Iniciando a versão anterior"),
    STARTING("Starting the system", "Iniciando o sistema"),
    STARTING_OTHER_NODES("Starting the other servers", "Iniciando os outros servidores"),
    /** Something did not go as planned, and a person decides how to go on. */
    ATTENDED("Our team is taking care of it", "Nossa equipe está cuidando disso"),
    REOPENING("Opening again", "Reabrindo");

    private final String english;
    private final String portuguese;

    MaintenanceStep(String english, String portuguese) {
        this.english = english;
        this.portuguese = portuguese;
    }

    public String english() {
        return english;
    }

    public String portuguese() {
        return portuguese;
    }
}
