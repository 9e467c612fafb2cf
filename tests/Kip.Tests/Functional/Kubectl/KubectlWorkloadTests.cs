using Shouldly;

namespace Kip.Tests.Functional.Kubectl;

/// <summary>Jobs, CronJobs and quotas at work: pods as processes and as containers.</summary>
public sealed class KubectlWorkloadTests(KubectlBed bed)
{
    [Theory, EveryKubectl]
    public async Task A_Job_of_processes_and_one_of_containers_do_their_parts(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        foreach (var (name, image) in ((string, string)[])[("parts", "kip.local/helloworld"), ("boxes", KubectlBed.Box)])
        {
            await kubectl.DoAsync("apply -f -", $$"""
                apiVersion: batch/v1
                kind: Job
                metadata: {name: {{name}}}
                spec:
                  completions: 2
                  parallelism: 2
                  completionMode: Indexed
                  template:
                    spec:
                      restartPolicy: Never
                      containers: [ {name: main, image: "{{image}}", command: [sh, -c, "echo part $JOB_COMPLETION_INDEX is done"]} ]
                """);
            await kubectl.DoAsync($"wait job/{name} --for=condition=Complete --timeout=120s");
            (await kubectl.DoAsync($"logs -l job-name={name},batch.kubernetes.io/job-completion-index=1")).ShouldBe("part 1 is done\n");
            (await kubectl.DoAsync($"get job {name} -o jsonpath={{.status.succeeded}}/{{.status.completedIndexes}}")).ShouldBe("2/0,1");
            await kubectl.DoAsync($"delete job {name} --timeout=60s");
            await kubectl.DoAsync($"wait pod -l job-name={name} --for=delete --timeout=60s");
        }
    }

    [Theory, EveryKubectl]
    public async Task A_Job_is_made_from_a_CronJob_and_one_that_fails_says_why(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        await kubectl.DoAsync("create cronjob yearly --image=kip.local/helloworld --schedule='0 0 1 1 *' -- sh -c 'exit 3'");
        await kubectl.DoAsync("patch cronjob yearly -p "
            + "'{\"spec\":{\"jobTemplate\":{\"spec\":{\"backoffLimit\":0,\"template\":{\"spec\":{\"restartPolicy\":\"Never\"}}}}}}'");

        await kubectl.DoAsync("create job now --from=cronjob/yearly");

        await kubectl.DoAsync("wait job/now --for=condition=Failed --timeout=120s");
        (await kubectl.DoAsync("describe job now")).ShouldContain("BackoffLimitExceeded");
        (await kubectl.DoAsync("get pods -l job-name=now --no-headers")).ShouldContain("Error");
        await kubectl.DoAsync("delete cronjob yearly");
        await kubectl.DoAsync("delete job now --ignore-not-found");
    }

    [Theory, EveryKubectl]
    public async Task The_log_of_a_run_that_ended_is_kept_until_the_next_has(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        await kubectl.DoAsync("apply -f -", """
            apiVersion: v1
            kind: Pod
            metadata: {name: twice}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: main
                image: kip.local/helloworld
                command: [sh, -c, "test -e $TMPDIR/ran && { echo second; sleep 1000; }; touch $TMPDIR/ran; echo first; exit 1"]
            """);
        await kubectl.DoAsync("wait pod/twice --for=jsonpath={.status.containerStatuses[0].restartCount}=1 --timeout=120s");
        await kubectl.DoAsync("wait pod/twice --for=condition=Ready --timeout=120s");

        (await kubectl.DoAsync("logs twice --previous")).ShouldBe("first\n");
        await kubectl.DoAsync("delete pod twice --wait=false");
    }

    [Theory, EveryKubectl]
    public async Task Pods_beyond_a_quota_are_refused_and_the_Deployment_says_so(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        var space = $"{kubectl.Namespace}-few";
        await kubectl.DoAsync($"create namespace {space}");
        await kubectl.DoAsync($"create quota few --hard=pods=1 -n {space}");
        await kubectl.DoAsync($"apply -n {space} -f -", Objects.Deployment("crowd", replicas: 2));

        await kubectl.DoAsync($"wait deployment/crowd -n {space} --for=condition=ReplicaFailure --timeout=120s");

        (await kubectl.DoAsync($"get deployment crowd -n {space} -o jsonpath={{.status.conditions[?(@.type==\"ReplicaFailure\")].message}}"))
            .ShouldContain("exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1");
        (await kubectl.DoAsync($"describe quota few -n {space}")).ShouldMatch(@"pods\s+1\s+1");
        await kubectl.DoAsync($"delete namespace {space} --wait=false");
    }
}
