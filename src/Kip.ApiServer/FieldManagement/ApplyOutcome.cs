using Kip.Resources;

namespace Kip.ApiServer.FieldManagement;

/// <summary>What comes of applying a configuration.</summary>
internal abstract record ApplyOutcome
{
    private ApplyOutcome()
    {
    }

    /// <summary>The object as it is to be, as JSON, and its owners.</summary>
    public sealed record Done(byte[] Object, ValueList<ManagedFieldsEntry> ManagedFields) : ApplyOutcome;

    /// <summary>Others own fields to which the applier wants to give another value.</summary>
    public sealed record Conflict(IReadOnlyList<FieldConflict> With) : ApplyOutcome;
}

/// <summary>What one owner would lose.</summary>
internal sealed record FieldConflict(ManagedFieldsEntry Owner, FieldSet Fields);
