"""MLflow's file store, written by its own client."""

import os

from .packages import load

# MLflow writes to files only when it is asked to twice, and calls home unless it is told not to.
os.environ |= {"MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
# More do not fit into one call.
MLFLOW_BATCH = 500


def to_mlflow(runs, folder, name):
    """An experiment in MLflow's file store, its name that of the results folder."""
    client = load("mlflow.tracking", "mlflow-skinny").MlflowClient(tracking_uri=folder.resolve().as_uri())
    entities = load("mlflow.entities", "mlflow-skinny")
    found = client.get_experiment_by_name(name)
    experiment = found.experiment_id if found else client.create_experiment(name)
    whole, cut = recorded_in(client, experiment)
    for identifier in cut:
        client.delete_run(identifier)
    for run in runs:
        if run.identifier in whole:
            continue
        moment = int(run.began * 1000)
        made = client.create_run(experiment, start_time=moment, run_name=run.name, tags=run.tags).info.run_id
        measured = {key for key, _, _, _ in run.curve}
        # The last row of a curve is the outcome of the same name.
        points = run.curve + [(key, value, step, 0) for key, value, step in run.outcome if key not in measured]
        metrics = [entities.Metric(key, value, int(moment + seconds * 1000), step) for key, value, step, seconds in points]
        for start in range(0, len(metrics), MLFLOW_BATCH):
            client.log_batch(made, metrics=metrics[start : start + MLFLOW_BATCH])
        parameters = [entities.Param(key, text) for key, text in run.parameters.items()]
        for start in range(0, len(parameters), 90):
            client.log_batch(made, params=parameters[start : start + 90])
        client.set_terminated(made, "FINISHED", end_time=moment)
    return f"MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri {folder}"


def recorded_in(client, experiment):
    """What an experiment has: the runs that are whole, as `compare` calls them, and those that were cut short."""
    whole, cut, token = set(), [], None
    while True:
        page = client.search_runs([experiment], max_results=1000, page_token=token)
        for run in page:
            if run.info.status == "FINISHED":
                whole.add(run.data.tags.get("run"))
            else:
                cut.append(run.info.run_id)
        token = page.token
        if not token:
            return whole, cut
