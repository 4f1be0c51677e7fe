from zenml import pipeline, step


@step
def one() -> int:
    return 1


@step
def double(number: int) -> int:
    return 2 * number


@pipeline(enable_cache=False)
def lab_pipeline():
    double(one())


if __name__ == "__main__":
    run = lab_pipeline()
    print("RUN", run.id, run.status)
