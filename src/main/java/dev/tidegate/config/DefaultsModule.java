package dev.tidegate.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.NullValueProvider;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.ValueInstantiators;
import com.fasterxml.jackson.databind.deser.std.StdValueInstantiator;
import com.fasterxml.jackson.databind.util.AccessPattern;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/** Teaches Jackson what {@link Default} says of a record's components. */
final class DefaultsModule extends Module {
  private static final ObjectMapper YAML =
      YAMLMapper.builder().enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS).build();

  @Override
  public String getModuleName() {
    return "tidegate-defaults";
  }

  @Override
  public Version version() {
    return Version.unknownVersion();
  }

  @Override
  public void setupModule(SetupContext context) {
    context.addValueInstantiators(
        new ValueInstantiators.Base() {
          @Override
          public ValueInstantiator findValueInstantiator(
              DeserializationConfig config, BeanDescription bean, ValueInstantiator usual) {
            return bean.getBeanClass().isRecord() && usual instanceof StdValueInstantiator standard
                ? new WithDefaults(standard, bean.getBeanClass())
                : usual;
          }
        });
  }

  /** A record's constructor whose arguments know what they are when they are not given. */
  private static final class WithDefaults extends StdValueInstantiator {
    private final Class<?> type;
    private SettableBeanProperty @Nullable [] arguments;

    WithDefaults(StdValueInstantiator standard, Class<?> type) {
      super(standard);
      this.type = type;
    }

    /** Ever the same array: Jackson goes on to complete its elements. */
    @Override
    public synchronized SettableBeanProperty[] getFromObjectArguments(
        DeserializationConfig config) {
      SettableBeanProperty[] all = arguments;
      if (all == null) {
        all = super.getFromObjectArguments(config).clone();
        for (RecordComponent component : type.getRecordComponents()) {
          Default given = component.getAnnotation(Default.class);
          for (int i = 0; i < all.length; i++) {
            if (given != null && all[i].getName().equals(component.getName())) {
              all[i] = all[i].withNullProvider(new Absent(all[i].getType(), given.value()));
            }
          }
        }
        arguments = all;
      }
      return all;
    }
  }

  /** Gives the default where the file gives nothing, or null. */
  private static final class Absent implements NullValueProvider {
    private final JavaType type;
    private final JsonNode value;

    Absent(JavaType type, String yaml) {
      this.type = type;
      try {
        this.value = YAML.readTree(yaml);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a default that is no YAML: " + yaml, e);
      }
    }

    @Override
    public Object getNullValue(DeserializationContext context) throws JsonMappingException {
      try {
        return context.readTreeAsValue(value, type);
      } catch (JsonMappingException e) {
        throw e;
      } catch (IOException e) {
        throw JsonMappingException.fromUnexpectedIOE(e);
      }
    }

    @Override
    public AccessPattern getNullAccessPattern() {
      return AccessPattern.DYNAMIC;
    }
  }
}
