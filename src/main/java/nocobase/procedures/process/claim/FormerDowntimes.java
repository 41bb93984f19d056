package nocobase.procedures.process.claim;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import nocobase.procedures.audit.Downtime;
import nocobase.procedures.audit.Downtimes;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.ProcessKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Takes over, at every start, the downtimes that a former version counted in process variables ({@code downSince}, and in the
 * history when clients were served again): a version may be installed while a cluster is behind the maintenance page. What
 * this version has counted itself it knows better.
 */
@Component
@Order(0)
public class FormerDowntimes implements ApplicationRunner {

    private static final Logger LOG = LoggerFactory.getLogger(FormerDowntimes.class);
    private static final Messages MESSAGES = Messages.of("process");

    /** Of procedures that hold a cluster: the last one that began, and when clients were served the last time. */
    private static final String RUNNING = """
            select c.cluster, c.operation, c.procedure, max(v.text_) as since,
                   (select max(a.end_time_)
                      from act_hi_procinst h
                      join act_hi_actinst a on a.proc_inst_id_ = h.id_
                     where h.business_key_ = c.operation
                       and a.act_id_ in ('endEvent_clusterServed', 'endEvent_firstNodeServed')) as served
              from cluster_claim c
              join act_ru_execution i on i.business_key_ = c.operation and i.parent_id_ is null
              join act_ru_variable v on v.proc_inst_id_ = i.id_ and v.name_ = 'downSince' and v.text_ is not null
             where not exists (select 1 from downtime_part p where p.operation = c.operation)
             group by c.cluster, c.operation, c.procedure
            """;

    /** Of clusters that somebody is asked to look after. */
    private static final String LEFT = """
            select c.text_ as cluster, o.text_ as operation, s.text_ as since, w.text_ as why, h.start_time_ as left_at,
                   f.proc_def_key_ as procedure, coalesce(d.name_, f.proc_def_key_) as name
              from act_hi_procinst h
              join act_ru_variable c on c.proc_inst_id_ = h.id_ and c.name_ = 'cluster'
              join act_ru_variable o on o.proc_inst_id_ = h.id_ and o.name_ = 'failedOperation'
              join act_ru_variable s on s.proc_inst_id_ = h.id_ and s.name_ = 'downSince' and s.text_ is not null
              left join act_ru_variable w on w.proc_inst_id_ = h.id_ and w.name_ = 'deletionReason'
              join act_hi_procinst f on f.business_key_ = o.text_ and f.super_process_instance_id_ is null
              left join act_re_procdef d on d.id_ = f.proc_def_id_
             where h.proc_def_key_ = 'abandoned-cluster' and h.end_time_ is null
               and not exists (select 1 from downtime_part p where p.operation = o.text_)
            """;

    private final JdbcTemplate jdbc;
    private final Downtimes downtimes;

    FormerDowntimes(JdbcTemplate jdbc, Downtimes downtimes) {
        this.jdbc = jdbc;
        this.downtimes = downtimes;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        jdbc.query(RUNNING, this::running);
        jdbc.query(LEFT, this::left);
    }

    private void running(ResultSet row) throws SQLException {
        Timestamp served = row.getTimestamp("served");
        if (served == null || served.toInstant().isBefore(since(row))) {
            takeOver(row, null);
        }
    }

    private void left(ResultSet row) throws SQLException {
        takeOver(
                row,
                new Downtime.Left(
                        row.getString("operation"),
                        row.getString("name"),
                        row.getTimestamp("left_at").toInstant(),
                        null,
                        null,
                        row.getString("why") == null ? MESSAGES.text("left.gone") : row.getString("why")));
    }

    private void takeOver(ResultSet row, Downtime.Left left) throws SQLException {
        String cluster = row.getString("cluster");
        String procedure = row.getString("procedure");
        Downtime.Work work = new Downtime.Work(row.getString("operation"), procedure, since(row));
        // At a first start nobody was served before.
        if (downtimes.takeOver(cluster, work, !procedure.equals(ProcessKeys.FIRST_START))) {
            LOG.info("{}: the downtime since {} that a former version counted goes on", cluster, work.since());
            if (left != null) {
                downtimes.leave(cluster, left);
            }
        }
    }

    private static Instant since(ResultSet row) throws SQLException {
        return Instant.parse(row.getString("since"));
    }
}
