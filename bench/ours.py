"""The same through the application, whose tasks are answered as soon as they are there."""

from engine import Engine
from scene import PASSWORD

WORKS = {"verification": "works", "verificationComment": "Looked at it"}


def engine_of(scene, further, jar=None, database="engine"):
    """The application with that cluster configured as its owner would, and its database on a server of its own."""
    cluster = f"procedures.clusters.{scene.name}."
    keys = {
        "runtime": "docker", "nodes.labels.[nocobase.cluster]": scene.name, "nodes.image": scene.image + ":{version}",
        "nodes.network": scene.name, "balancer.container": scene.nginx,
        "balancer.url": f"http://{scene.address(scene.nginx)}", "database.host": scene.address(scene.database),
        "database.name": "nocobase", "database.user": "nocobase", "database.password": PASSWORD,
        "database.container": scene.database, "restore-points.volume": f"{scene.name}-restore-points",
        "policies.version-upgrade": "allowed", **further,
    }
    return Engine({
        "spring.datasource.url": f"jdbc:postgresql://{scene.address(scene.engine_database)}:5432/{database}",
        "spring.datasource.username": "engine", "spring.datasource.password": PASSWORD,
        **{cluster + key: value for key, value in keys.items()},
    }, jar, database)


def upgrade(engine, scene):
    operation = engine.start(scene.name)
    operation.accept_plan()
    operation.answer("otto", "verifyFunctionality", WORKS)
    operation.await_end()
    return operation


def roll_back(engine, scene):
    """@return the operation and the moment of the approval"""
    operation = engine.start(scene.name)
    operation.accept_plan()
    operation.answer("otto", "verifyFunctionality", {"verification": "rollback", "verificationComment": "Not good"})
    approved = operation.answer("maria", "approveRollback", {"rollbackApproved": True, "approvalComment": "Go back"})
    operation.answer("otto", "verifyFunctionality", WORKS)
    operation.await_end()
    return operation, approved
