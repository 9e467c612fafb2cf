using System.Text.Json;

namespace Kip.Host.Platform.Starting;

/// <summary>What <c>kip up</c> prints when it is ready: where things are, and the lines to try next.</summary>
internal static class Welcome
{
    public static void Print(InstanceFile instance, DataFolder data, bool detached, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(instance, InstanceJson.Default.InstanceFile));
            return;
        }
        Console.Out.WriteLine($"""
            Kip {instance.Version} is up{(detached ? $" in the background (pid {instance.ProcessId})" : "")}.
              API       {instance.Api}
              Gateway   {instance.Gateway}{Line("HTTPS", instance.Https)}{Line("Metrics", instance.Metrics)}
              Registry  {instance.Registry}
              Data      {data.Root}

            To use it:  export KUBECONFIG={data.Kubeconfig}
            To stop it: {(detached ? $"kip down{DataOption(data)}" : "Ctrl-C")}
            """);
    }

    private static string Line(string name, string? address) => address is null ? "" : $"\n  {name,-9} {address}";

    /// <summary><c> --data DIR</c> unless it is the default folder.</summary>
    public static string DataOption(DataFolder data) =>
        data.Root == DataFolder.Choose(null).Root ? "" : $" --data {data.Root}";
}
