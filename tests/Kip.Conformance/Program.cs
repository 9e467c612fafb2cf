using Kip.Conformance;

const string Usage = """
    Usage: ./conformance [options]
    Runs Knative's published behaviours against a platform, through its API and its gateway.
      --kubeconfig FILE   the platform's API (default: $KUBECONFIG, else ~/.kube/config)
      --gateway URL       where requests go, whatever host they name (default: http://127.0.0.1:8080)
      --gateway-https URL the same for HTTPS; without it those cases are skipped
      --gateway-outer URL where requests from other machines come in; without it the case about who sees what is skipped
      --filter TEXT       only the cases whose id contains the text
      --image REF         the workload (default: kip.local/conformance, which every kip has)
      --container-image REF  the same workload as a container, for the cases about limits, users and volumes (default: those are skipped)
      --registry URL      the platform's image registry, e.g. http://127.0.0.1:5000 (default: its cases are skipped)
      --registry-creds U:P  who we are there, as kip registry login --print says
      --parallel N        cases side by side (default: 3)
      --list              print the cases and end
    """;

var options = new ConformanceOptions();
var list = false;
for (var i = 0; i < args.Length; i++)
{
    if (args[i] is "--help" or "-h")
    {
        Console.WriteLine(Usage);
        return 0;
    }
    if (args[i] == "--list")
    {
        list = true;
        continue;
    }
    if (i + 1 == args.Length || Read(args[i], args[++i]) is not { } read)
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }
    options = read;
}

var cases = ConformanceCases.Matching(options.Filter);
if (list)
{
    foreach (var one in cases) Console.WriteLine($"{one.Id,-44} {one.Sentence}");
    return 0;
}
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
using var runner = new ConformanceRunner(options);
var counts = new int[3];
await foreach (var ended in Task.WhenEach(cases.Select(one => runner.RunAsync(one, stop.Token))))
{
    var result = await ended;
    counts[(int)result.Verdict]++;
    Print(result);
}
Console.WriteLine($"{counts[0]} passed, {counts[1]} failed, {counts[2]} skipped");
return counts[1] == 0 ? 0 : 1;

ConformanceOptions? Read(string name, string value) => name switch
{
    "--kubeconfig" => options with { Kubeconfig = value },
    "--gateway" when Uri.TryCreate(value, UriKind.Absolute, out var gateway) => options with { Gateway = gateway },
    "--gateway-https" when Uri.TryCreate(value, UriKind.Absolute, out var secure) => options with { SecureGateway = secure },
    "--gateway-outer" when Uri.TryCreate(value, UriKind.Absolute, out var outer) => options with { OuterGateway = outer },
    "--filter" => options with { Filter = value },
    "--registry" when Uri.TryCreate(value, UriKind.Absolute, out var registry) => options with { Registry = registry },
    "--registry-creds" => options with { RegistryCredentials = value },
    "--image" => options with { Image = value },
    "--container-image" => options with { ContainerImage = value },
    "--parallel" when int.TryParse(value, out var parallel) && parallel > 0 => options with { Parallel = parallel },
    _ => null,
};

static void Print(CaseResult result)
{
    var word = result.Verdict switch { CaseVerdict.Passed => "pass", CaseVerdict.Failed => "FAIL", _ => "skip" };
    Console.WriteLine($"{word}  {result.Case.Id,-44} {result.Took.TotalSeconds,6:0.0} s  {result.Case.Sentence}");
    if (result.Message.Length > 0) Console.WriteLine($"      {result.Message.ReplaceLineEndings("\n      ")}");
}
