using Kip.Resources.Duck;

namespace Kip.Rules.Admission.Eventing;

/// <summary>Rules of channel templates.</summary>
internal static class ChannelTemplateRules
{
    /// <summary>Validates the field <c>channelTemplate</c>.</summary>
    public static void Validate(ChannelTemplateSpec? template, FieldErrors errors)
    {
        if (template is null)
        {
            errors.Missing("channelTemplate");
            return;
        }
        using var _ = errors.In("channelTemplate");
        if (string.IsNullOrEmpty(template.ApiVersion)) errors.Missing("apiVersion");
        if (string.IsNullOrEmpty(template.Kind)) errors.Missing("kind");
    }
}
