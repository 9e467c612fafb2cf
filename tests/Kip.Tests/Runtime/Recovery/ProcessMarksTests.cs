using System.Diagnostics;
using Kip.Images.Layers;
using Kip.Runtime.Recovery;
using Shouldly;

namespace Kip.Tests.Runtime.Recovery;

public sealed class ProcessMarksTests
{
    [Fact]
    public void Only_what_Kip_itself_has_noted_is_ended_not_what_a_container_has_written()
    {
        var data = Directory.CreateTempSubdirectory("kip-marks-").FullName;
        using var known = Process.Start("sleep", "1000");
        using var stranger = Process.Start("sleep", "1000");
        var upper = Directory.CreateDirectory(Path.Combine(data, "pods", "uid", "containers", "app", "0", "upper")).FullName;
        var marks = new ProcessMarks(data);
        ProcessMarks.Note(Path.Combine(data, "pods", "uid"), "app", known.Id);
        // As a container would write it, which can learn all three numbers or try some.
        ProcessMarks.Note(upper, "x", stranger.Id);

        marks.EndOrphans().ShouldBe(1);

        known.WaitForExit();
        stranger.HasExited.ShouldBeFalse();
        stranger.Kill();
        stranger.WaitForExit();
        FolderTree.Delete(data);
    }
}
