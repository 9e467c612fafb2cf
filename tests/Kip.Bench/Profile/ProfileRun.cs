using Kip.Testing.Programs;

namespace Kip.Bench.Profile;

/// <summary>Records which methods a platform enters, and writes the profile by which the compiler lays them out: <c>eng/kip.mibc</c>.</summary>
internal static class ProfileRun
{
    private static readonly string Target = Repository.Path("eng", ProfileWriter.Name);

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("kip-profile-");
        try
        {
            var recording = await ProfiledUse.RecordAsync(Path.Combine(folder.FullName, "methods"));
            using var built = BuiltAssemblies.In(Path.GetDirectoryName(Repository.Kip)!);
            var methods = Weigh(recording, built);
            await File.WriteAllBytesAsync(Target, new ProfileWriter().Write(methods));
            Console.WriteLine($"{Target}: {methods.Count(static m => m.Weight == WeightedMethod.Hot)} methods that an idle platform has entered, "
                + $"{methods.Count(static m => m.Weight == WeightedMethod.Warm)} more of plain uses");
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Methods of the framework and of what is compiled on the spot are in none of the assemblies and fall out.
    private static List<WeightedMethod> Weigh(Recording recording, BuiltAssemblies built) =>
    [
        .. recording.Methods
            .Where(method => method.At < recording.End)
            .SelectMany(entered => built.Find(entered.Type, entered.Name), (entered, found) => (Found: found, IsEarly: entered.At < recording.Idle))
            .GroupBy(static method => method.Found, static method => method.IsEarly)
            .Select(static same => new WeightedMethod(same.Key, same.Any(static isEarly => isEarly) ? WeightedMethod.Hot : WeightedMethod.Warm)),
    ];
}
