using Kip.Bench.Gateway;

switch (args)
{
    case ["gateway"]:
        return await GatewayBench.RunAsync();
    case ["gateway-app"]:
        await BenchApp.RunAsync();
        return 0;
    case ["gateway-serve", var appPort]:
        await BenchGateway.RunAsync(int.Parse(appPort));
        return 0;
    default:
        Console.Error.WriteLine("usage: bench gateway");
        return 2;
}
